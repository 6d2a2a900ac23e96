// Names for what the service lists by id, from what a verified agreement says of its parties: where it says nothing, the id
// stays.
import type { Party } from '#domain/agreements/agreement.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { AccountId, OrganisationId, TeamId } from '#domain/values.ts'

/** The parties of an agreement and who stands in their rosters, as they were verified. */
export interface KnownParties {
  readonly own: OrganisationId
  partyOf(organisation: OrganisationId): Pick<Party, 'name'> | null
  people(organisation: OrganisationId): readonly KnownPerson[]
  nameOf(recipient: Recipient): string | null
}

interface KnownPerson {
  readonly account: AccountId
  readonly teams: readonly TeamId[]
}

export interface Names {
  /** Null when the rosters of today do not have them. */
  person(of: { readonly account: AccountId; readonly organisation: OrganisationId }): string | null
  recipient(recipient: Recipient): string | null
  organisation(id: OrganisationId): string | null
  /** Whether the person stands in the team today, as far as this client can see. */
  isMember(recipient: Recipient, account: AccountId): boolean
  /** Whether what is addressed so is addressed to this person, or to a team of theirs. */
  isMine(recipient: Recipient): boolean
}

/** For who stands in no roster of today. */
export const accountInWords = (account: AccountId): string => `account ${account}`

/** `account`: who reads. Without parties there are no names, and no teams. */
export function namesIn(parties: KnownParties | null, account: AccountId): Names {
  const find = (organisation: OrganisationId, of: AccountId) =>
    parties?.people(organisation).find((one) => one.account === of)
  const teams = parties ? (find(parties.own, account)?.teams ?? []) : []
  return {
    person: (of) => parties?.nameOf({ kind: 'person', ...of }) ?? null,
    recipient: (recipient) => parties?.nameOf(recipient) ?? null,
    organisation: (id) => parties?.partyOf(id)?.name ?? null,
    isMember: (recipient, member) =>
      recipient.kind === 'team' && find(recipient.organisation, member)?.teams.includes(recipient.team) === true,
    isMine: (recipient) =>
      recipient.kind === 'person' ? recipient.account === account : teams.includes(recipient.team),
  }
}
