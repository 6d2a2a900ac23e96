// The operator's acts in an organisation's life: it exists, with the domains of its addresses, and one person is invited to
// administer it, anew where that invitation was lost (ARCHITECTURE.md#bootstrap).
import type { Refusal } from '../decision.ts'
import type { NewInvitation } from '../identity/changes.ts'
import { outside } from '../identity/decide-invitations.ts'
import { isWithin } from '../identity/domains.ts'
import type { AccountId, Instant, OrganisationId } from '../values.ts'
import type { Decision } from './changes.ts'

export interface RegisterOrganisation {
  readonly id: OrganisationId
  readonly name: string
  readonly domains: readonly string[]
  /** Of those, what is another organisation's. */
  readonly taken: readonly string[]
  /** Of the first administrator; its roles are a proposal, as everyone's. */
  readonly invitation: NewInvitation
}

type Organisation = { readonly organisation: OrganisationId }

export function decideRegisterOrganisation(
  { id, name, domains, taken, invitation }: RegisterOrganisation,
  at: Instant,
): Decision<Organisation> {
  const refusal = refuseDomains(taken) ?? (isWithin(invitation.email, domains) ? null : outside(domains))
  // Of nobody's log: there is no organisation.
  if (refusal) return { refusal, event: { event: 'org.registered', logs: [{ kind: 'service' }], detail: { name } } }
  return {
    next: { organisation: id },
    changes: [
      { kind: 'organisations.add', id, name, at },
      { kind: 'organisations.register-domains', organisation: id, domains, at },
      { kind: 'identity.invite', invitation },
    ],
    event: { event: 'org.registered', logs: bothLogs(id), detail: { name } },
    jobs: [],
  }
}

export interface RegisterDomains {
  readonly organisation: OrganisationId
  readonly exists: boolean
  readonly domains: readonly string[]
  readonly taken: readonly string[]
}

export function decideRegisterDomains(
  { organisation, exists, domains, taken }: RegisterDomains,
  at: Instant,
): Decision<Organisation> {
  const refusal: Refusal | null = exists ? refuseDomains(taken) : { code: 'NOT_FOUND' }
  if (refusal) {
    return { refusal, event: { event: 'org.domains.registered', logs: [{ kind: 'service' }], detail: { domains } } }
  }
  return {
    next: { organisation },
    changes: [{ kind: 'organisations.register-domains', organisation, domains, at }],
    event: { event: 'org.domains.registered', logs: bothLogs(organisation), detail: { domains: [...domains] } },
    jobs: [],
  }
}

export interface InviteAgain {
  /** Null: there is no such organisation, or it has a roster, whose administrators invite. */
  readonly organisation: OrganisationId | null
  readonly domains: readonly string[]
  /** Accounts of first administrators that have not ended. */
  readonly earlier: readonly AccountId[]
  readonly invitation: NewInvitation
}

/** The old invitation is dead, and so is the account that was made with it: its holder may have lost what it needs. */
export function decideInviteAgain(
  { organisation, domains, earlier, invitation }: InviteAgain,
  at: Instant,
): Decision<Organisation> {
  const { email } = invitation
  const refused = (refusal: Refusal) => ({
    refusal,
    event: { event: 'org.first-administrator.invited', logs: [{ kind: 'service' }], detail: { email } } as const,
  })
  if (organisation === null) return refused({ code: 'ORGANISATION_STANDS' })
  if (!isWithin(email, domains)) return refused(outside(domains))
  return {
    next: { organisation },
    changes: [
      ...earlier.map((account) => ({ kind: 'identity.deactivate', account, at }) as const),
      { kind: 'identity.invite', invitation },
    ],
    event: { event: 'org.first-administrator.invited', logs: bothLogs(organisation), detail: { email } },
    jobs: [],
  }
}

function refuseDomains([domain]: readonly string[]): Refusal | null {
  return domain === undefined ? null : { code: 'DOMAIN_TAKEN', detail: { domain } }
}

const bothLogs = (id: OrganisationId) => [{ kind: 'service' }, { kind: 'organisation', id }] as const
