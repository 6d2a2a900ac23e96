// An administrator invites; whoever was invited sets up their account, once (ARCHITECTURE.md#bootstrap). Roles and
// teams are proposals for the next roster.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal, Refused } from '../decision.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Email, Instant, OrganisationId } from '../values.ts'
import type { Decision, NewAccount, NewCredentials, NewInvitation } from './changes.ts'

export interface InviteRequest {
  readonly invitation: NewInvitation
  readonly caller: PersonCaller
}

export interface Invited {
  readonly id: string
  readonly expires: Instant
}

/** Whomever they invite. */
export function refuseToInvite({ actor }: PersonCaller): Refusal | null {
  const role = 'organisation-administrator'
  return actor.roles.includes(role) ? null : { code: 'ROLE_REQUIRED', detail: { role } }
}

export function decideInvite(
  { accountExists }: { readonly accountExists: boolean },
  { invitation, caller }: InviteRequest,
): Decision<Invited> {
  const { id, email, roles, expiresAt: expires } = invitation
  const refused = (refusal: Refusal): Refused => ({
    refusal,
    event: { event: 'account.invited', logs: [ownLog(caller)], detail: { email, roles, expires } },
  })
  const stands = refuseToInvite(caller)
  if (stands) return refused(stands)
  if (accountExists) return refused({ code: 'ACCOUNT_EXISTS', detail: { email } })
  return {
    next: { id, expires },
    changes: [{ kind: 'identity.invite', invitation }],
    event: { event: 'account.invited', logs: [ownLog(caller)], detail: { email, roles: [...roles], expires } },
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
    event: { event: 'account.accepted', logs: [{ kind: 'service' }], detail: {} },
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
      event: 'account.accepted',
      logs: [{ kind: 'organisation', id: organisation }],
      detail: { email, roles: [...roles] },
    },
    jobs: [],
  }
}
