// Sign-in, tokens and invitations, decided (DESIGN 6). Passwords, codes and secrets were checked or made before;
// here they are facts. Refusals of sign-in say nothing about whether the account exists.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision, Refused } from '../decision.ts'
import type { Role } from '../organisations/roles.ts'
import type { AccountId, Email, Instant, OrganisationId } from '../values.ts'
import type { IdentityChange, NewAccount, NewInvitation, NewToken } from './changes.ts'

type Bytes = Uint8Array<ArrayBuffer>

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
      event: { event: 'auth.login.failed', logs: [{ kind: 'service' }], detail: { email: request.email } },
    }
  }
  const { account, organisation, roles, factor } = facts
  return {
    next: { account, organisation, roles },
    changes: [used],
    event: {
      event: 'auth.login.succeeded',
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
    event: { event: 'auth.session.ended', logs: [ownLog(caller)], detail: { cause: 'logout' } },
    jobs: [],
  }
}

export function decideShowAccount<View>(view: View, caller: PersonCaller): Decision<View> {
  return {
    next: view,
    changes: [],
    event: { event: 'account.viewed', logs: [ownLog(caller)], detail: {} },
    jobs: [],
  }
}

export interface TokenRequest {
  readonly token: NewToken
  /** What the caller's own token may do; null for a signed-in session, which may do all. */
  readonly callerScopes: readonly string[] | null
  /** When the caller's own token ends; null for a session. */
  readonly callerEnds: Instant | null
}

export interface TokenIssued {
  readonly id: string
  readonly scopes: readonly string[]
  readonly expires: Instant
}

/** A token makes no other that may do more or lasts longer: who has one by theft does not keep it alive. */
export function decideIssueToken(
  { token, callerScopes, callerEnds }: TokenRequest,
  caller: PersonCaller,
): Decision<TokenIssued> {
  const { id, scopes } = token
  const expires = callerEnds !== null && callerEnds < token.expiresAt ? callerEnds : token.expiresAt
  const beyond = scopes.find((scope) => callerScopes !== null && !callerScopes.includes(scope))
  if (beyond !== undefined) {
    return {
      refusal: { code: 'SCOPE_REQUIRED', detail: { scope: beyond } },
      event: { event: 'auth.token.issued', logs: [ownLog(caller)], detail: { scopes, expires } },
    }
  }
  return {
    next: { id, scopes, expires },
    changes: [{ kind: 'identity.issue-token', token: { ...token, expiresAt: expires } }],
    event: {
      event: 'auth.token.issued',
      logs: [ownLog(caller)],
      detail: { scopes: [...scopes], expires },
    },
    jobs: [],
  }
}

export function decideRevokeToken(
  { owner }: { readonly owner: AccountId | null },
  { token, caller }: { readonly token: string; readonly caller: PersonCaller },
  at: Instant,
): Decision<Record<string, never>> {
  const logs = [ownLog(caller)]
  if (owner !== caller.actor.account) {
    return { refusal: { code: 'NOT_FOUND' }, event: { event: 'auth.token.revoked', logs, detail: {} } }
  }
  return {
    next: {},
    changes: [{ kind: 'identity.revoke-token', token, at }],
    event: { event: 'auth.token.revoked', logs, detail: { token } },
    jobs: [],
  }
}

export interface InviteRequest {
  readonly invitation: NewInvitation
  readonly caller: PersonCaller
}

export interface Invited {
  readonly id: string
  readonly expires: Instant
}

export function decideInvite(
  { accountExists }: { readonly accountExists: boolean },
  { invitation, caller }: InviteRequest,
): Decision<Invited> {
  const { id, email, roles, expiresAt: expires } = invitation
  const refused = (code: 'ROLE_REQUIRED' | 'ACCOUNT_EXISTS', detail: Record<string, string>): Refused => ({
    refusal: { code, detail },
    event: { event: 'user.invited', logs: [ownLog(caller)], detail: { email, roles, expires } },
  })
  const administrator = 'organisation-administrator'
  if (!caller.actor.roles.includes(administrator)) return refused('ROLE_REQUIRED', { role: administrator })
  if (accountExists) return refused('ACCOUNT_EXISTS', { email })
  return {
    next: { id, expires },
    changes: [{ kind: 'identity.invite', invitation }],
    event: { event: 'user.invited', logs: [ownLog(caller)], detail: { email, roles: [...roles], expires } },
    jobs: [],
  }
}

export interface AcceptFacts {
  /** The invitation whose token was shown, if there is one. */
  readonly invitation: {
    readonly id: string
    readonly organisation: OrganisationId
    readonly email: Email
    readonly name: string
    readonly roles: readonly Role[]
    readonly teams: readonly string[]
    readonly firstAdministrator: boolean
    readonly expiresAt: Instant
    readonly acceptedAt: Instant | null
  } | null
  readonly accountExists: boolean
}

export type NewCredentials = Pick<NewAccount, 'id' | 'passwordHash' | 'totpSecret' | 'oneTimeCodeHashes'>

export interface Accepted {
  readonly account: AccountId
  readonly invitation: string
  readonly email: Email
  readonly organisation: OrganisationId
}

export function decideAcceptInvitation(
  { invitation, accountExists }: AcceptFacts,
  /** Null when there was no invitation to make any for. */
  credentials: NewCredentials | null,
  at: Instant,
): Decision<Accepted> {
  const refused = (code: 'INVITATION_INVALID' | 'ACCOUNT_EXISTS'): Refused => ({
    refusal: { code },
    event: { event: 'user.activated', logs: [{ kind: 'service' }], detail: {} },
  })
  if (invitation === null || credentials === null || invitation.acceptedAt !== null || invitation.expiresAt <= at) {
    return refused('INVITATION_INVALID')
  }
  if (accountExists) return refused('ACCOUNT_EXISTS')
  const { organisation, email, name, roles, teams, firstAdministrator } = invitation
  const account: NewAccount = {
    ...credentials,
    organisation,
    email,
    name,
    proposedRoles: roles,
    proposedTeams: teams,
    firstAdministrator,
    createdAt: at,
  }
  return {
    next: { account: account.id, invitation: invitation.id, email, organisation },
    changes: [
      { kind: 'identity.accept-invitation', invitation: invitation.id, at },
      { kind: 'identity.add-account', account },
    ],
    event: {
      event: 'user.activated',
      logs: [{ kind: 'organisation', id: organisation }],
      detail: { email, roles: [...roles] },
    },
    jobs: [],
  }
}
