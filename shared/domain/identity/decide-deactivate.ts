// An account ends (ARCHITECTURE.md#an-account-ends): its sessions, tokens, uploads and invitations with it, and its address
// is free. Its keys count no more. An administrator does it; a roster that leaves somebody out does the same.
import type { PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import type { LogReference } from '../events.ts'
import type { Role } from '../roles.ts'
import type { AccountId, AgreementId, Email, Fingerprint, Instant } from '../values.ts'
import { ownLog } from '../caller.ts'
import type { Decision } from './changes.ts'

export interface DeactivateFacts {
  /** Of the caller's organisation; null: there is none. */
  readonly account: {
    readonly id: AccountId
    readonly roles: readonly Role[]
    /** Of their keys that still counted. */
    readonly encryptionSubkeys: readonly Fingerprint[]
    /** It was ended before, and nobody has had the address since. */
    readonly hasEnded: boolean
  } | null
  /** Who else is administrator there today. */
  readonly otherAdministrators: number
  /** In force, with the organisation as a party. */
  readonly agreements: readonly AgreementId[]
}

export interface Deactivated {
  readonly account: AccountId
}

/** Whomever they name. */
export function refuseToDeactivate({ actor }: PersonCaller): Refusal | null {
  const role = 'organisation-administrator'
  return actor.roles.includes(role) ? null : { code: 'ROLE_REQUIRED', detail: { role } }
}

export function decideDeactivate(
  { account, otherAdministrators, agreements }: DeactivateFacts,
  { email, caller }: { readonly email: Email; readonly caller: PersonCaller },
  at: Instant,
): Decision<Deactivated> {
  const refused = (refusal: Refusal) => ({
    refusal,
    event: { event: 'account.deactivated', logs: [ownLog(caller)], detail: { email } } as const,
  })
  const stands = refuseToDeactivate(caller)
  if (stands) return refused(stands)
  if (account === null) return refused({ code: 'NOT_FOUND' })
  if (account.hasEnded) return refused({ code: 'ACCOUNT_ENDED' })
  // Otherwise nobody would be left to sign the next roster, or to invite anybody.
  if (account.roles.includes('organisation-administrator') && otherAdministrators === 0)
    return refused({ code: 'LAST_ADMINISTRATOR' })
  const { id, encryptionSubkeys } = account
  const logs: LogReference[] = [ownLog(caller), ...agreements.map((agreement) => inAgreement(agreement))]
  return {
    next: { account: id },
    changes: [{ kind: 'identity.deactivate', account: id, at }],
    event: { event: 'account.deactivated', logs, detail: { email, encryptionSubkeys: [...encryptionSubkeys] } },
    jobs: [],
  }
}

const inAgreement = (id: AgreementId): LogReference => ({ kind: 'agreement', id })
