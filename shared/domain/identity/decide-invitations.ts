// An administrator invites; whoever was invited sets up their account, once (ARCHITECTURE.md#bootstrap). Roles and
// teams are proposals for the next roster.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal, Refused } from '../decision.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Email, Instant, OrganisationId } from '../values.ts'
import type { Decision, NewAccount, NewCredentials, NewInvitation } from './changes.ts'
import { isWithin } from './domains.ts'

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

export interface InviteFacts {
  /** An account of the caller's organisation that has not ended: others' are nobody's to learn. */
  readonly accountExists: boolean
  /** Of the caller's organisation, as the operator registered them. */
  readonly domains: readonly string[]
}

/** Whoever was invited with this address before, and has not come yet, has a token that does nothing any more. */
export function decideInvite(
  { accountExists, domains }: InviteFacts,
  { invitation, caller }: InviteRequest,
): Decision<Invited> {
  const { id, email, roles, expiresAt: expires } = invitation
  const refused = (refusal: Refusal): Refused => ({
    refusal,
    event: { event: 'account.invited', logs: [ownLog(caller)], detail: { email, roles, expires } },
  })
  const stands = refuseToInvite(caller)
  if (stands) return refused(stands)
  if (!isWithin(email, domains)) return refused(outside(domains))
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
  /** An account that has not ended and has the address, wherever it is. */
  readonly holder: { readonly account: AccountId; readonly organisation: OrganisationId } | null
  /** Of the organisation that invited. */
  readonly domains: readonly string[]
}

/** An address at none of the organisation's domains. */
export function outside(domains: readonly string[]): Refusal {
  return { code: 'ADDRESS_OUTSIDE', detail: { domains: domains.join(', ') } }
}

export interface Accepted {
  readonly account: AccountId
  readonly invitation: string
  readonly email: Email
  readonly organisation: OrganisationId
}

export function decideAcceptInvitation(
  { invitation, holder, domains }: AcceptFacts,
  /** Null when there was no invitation to make any for. */
  credentials: NewCredentials | null,
  at: Instant,
): Decision<Accepted> {
  const isOpen = invitation !== null && invitation.acceptedAt === null && invitation.expiresAt > at
  // One answer, also where the address has an account here, or is the organisation's no more.
  const counts = isOpen && isWithin(invitation.email, domains) && holder?.organisation !== invitation.organisation
  if (credentials === null || !counts) {
    return {
      refusal: { code: 'INVITATION_INVALID' },
      event: { event: 'account.accepted', logs: [{ kind: 'service' }], detail: {} },
    }
  }
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
      // Nobody occupies an address at another organisation's domain: it became theirs after the account was made.
      ...(holder ? [{ kind: 'identity.deactivate', account: holder.account, at } as const] : []),
      { kind: 'identity.add-account', account },
    ],
    event: {
      event: 'account.accepted',
      logs: [organisation, ...(holder ? [holder.organisation] : [])].map((id) => ({ kind: 'organisation', id })),
      detail: { email, roles: [...roles] },
    },
    jobs: [],
  }
}
