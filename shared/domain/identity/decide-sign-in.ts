// Sign-in and out (ARCHITECTURE.md#sign-in). Password, code and one-time code were checked before; here they are facts.
// A refusal says nothing about whether the account exists.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Bytes, Email, Instant, OrganisationId } from '../values.ts'
import type { Decision, IdentityChange } from './changes.ts'

/** The second factor that was shown, already found right for this account. */
export type Factor =
  | { readonly kind: 'totp'; readonly step: number }
  | { readonly kind: 'one-time-code'; readonly codeHash: Bytes }

export interface SignInFacts {
  readonly account: AccountId
  readonly organisation: OrganisationId
  readonly roles: readonly Role[]
  readonly factor: Factor
  /** The last 30-second step that was used. */
  readonly totpStep: number
  /** Whether the shown one-time code is this account's and unused. */
  readonly codeUnused: boolean
}

export interface SignedIn {
  readonly account: AccountId
  readonly organisation: OrganisationId
  readonly roles: readonly Role[]
}

/** `facts` is null when anything shown was wrong: nobody is told what. */
export function decideSignIn(
  facts: SignInFacts | null,
  request: { readonly email: Email },
  at: Instant,
): Decision<SignedIn> {
  const used = facts === null ? null : useFactor(facts, at)
  if (facts === null || used === null) {
    return {
      refusal: { code: 'SIGN_IN_FAILED' },
      event: { event: 'auth.sign-in.failed', logs: [{ kind: 'service' }], detail: { email: request.email } },
    }
  }
  const { account, organisation, roles, factor } = facts
  return {
    next: { account, organisation, roles },
    changes: [used],
    event: {
      event: 'auth.signed-in',
      logs: [{ kind: 'organisation', id: organisation }],
      detail: { factors: ['password', factor.kind] },
    },
    jobs: [],
  }
}

/** A code counts once: a TOTP step only after the last one, a one-time code only while unused. */
function useFactor({ account, factor, totpStep, codeUnused }: SignInFacts, at: Instant): IdentityChange | null {
  if (factor.kind === 'totp') {
    return factor.step > totpStep ? { kind: 'identity.use-totp-step', account, step: factor.step } : null
  }
  return codeUnused ? { kind: 'identity.use-one-time-code', account, codeHash: factor.codeHash, at } : null
}

export function decideSignOut(caller: PersonCaller): Decision<Record<string, never>> {
  return {
    next: {},
    changes: [],
    event: { event: 'auth.signed-out', logs: [ownLog(caller)], detail: { cause: 'logout' } },
    jobs: [],
  }
}
