// What the next roster is to change, before anybody is asked or anything is signed: who waits and may be taken in, who is
// still to be compared by phone, who stands otherwise in the administrator's list, and who leaves.
import type { AwaitingPerson } from '#contract/organisations.ts'
import type { PersonRow } from '#domain/organisations/people-list.ts'
import { type KnownOrganisation, type RosteredPerson, teamNames } from '#domain/organisations/rostered.ts'
import type { AccountId } from '#domain/values.ts'
import type { Changing, Joining } from './next-roster.ts'
import { TrustRefused } from './trust-refused.ts'

export interface RosterWish {
  /** Null before the first roster. */
  readonly last: KnownOrganisation | null
  readonly awaiting: readonly AwaitingPerson[]
  /** Who has no key any more, as the service says. */
  readonly withdrawn: readonly AccountId[]
  /** With a list, whoever it names is taken in, as it names them; null: everyone who waits. */
  readonly rows: readonly PersonRow[] | null
  /** E-mail addresses of who is to leave. */
  readonly remove: readonly string[]
}

export interface RosterPlan {
  readonly joining: readonly Candidate[]
  readonly notListed: readonly AwaitingPerson[]
  /** The service may only take away: whoever it says has no key is left out, and the administrator is told. */
  readonly withoutKey: readonly RosteredPerson[]
  readonly leaving: ReadonlySet<AccountId>
  /** Addresses to remove that are nobody's. */
  readonly unknown: readonly string[]
  /** Who stands in the last roster otherwise than in the list, whether they leave or come again or not. */
  readonly changing: readonly Changing[]
}

export interface Candidate extends Joining {
  /** The list has their fingerprint; otherwise somebody is to be asked. */
  readonly isCompared: boolean
}

/** Throws TrustRefused when the service has another key for somebody than the list. */
export function planRoster({ last, awaiting, withdrawn, rows, remove }: RosterWish): RosterPlan {
  const byEmail = rows && new Map(rows.map((row) => [row.email, row]))
  const people = last?.roster.people ?? []
  const withoutKey = people.filter(({ account }) => withdrawn.includes(account))
  const removed = remove.map((email) => ({ email, person: people.find((one) => one.email === email.toLowerCase()) }))
  const leaving = [...withoutKey, ...removed.flatMap(({ person }) => person ?? [])]
  return {
    joining: awaiting.flatMap((person) => candidate(person, { last, row: byEmail?.get(person.email), byEmail })),
    notListed: awaiting.filter(({ email }) => byEmail && !byEmail.has(email)),
    withoutKey,
    leaving: new Set(leaving.map(({ account }) => account)),
    unknown: removed.filter(({ person }) => !person).map(({ email }) => email),
    changing: last && byEmail ? changesOf(last, byEmail) : [],
  }
}

type Rows = ReadonlyMap<string, PersonRow>

interface Considering {
  readonly last: KnownOrganisation | null
  readonly row: PersonRow | undefined
  readonly byEmail: Rows | null
}

function candidate(person: AwaitingPerson, { last, row, byEmail }: Considering): readonly Candidate[] {
  if (!row) return byEmail ? [] : [{ person, ...rightsOf(person, last), isCompared: false }]
  const { name, roles, teams, fingerprint } = row
  if (fingerprint !== null && fingerprint !== person.certificate)
    throw new TrustRefused({ code: 'TRUST_CERTIFICATE', saw: `${name}: ${person.certificate}` })
  return [{ person: { ...person, name }, roles, teams, isCompared: fingerprint !== null }]
}

/** Who comes again with another key keeps the rights of the last roster; the invitation proposes for newcomers alone. */
function rightsOf(person: AwaitingPerson, last: KnownOrganisation | null): Pick<Joining, 'roles' | 'teams'> {
  const before = last?.roster.people.find(({ account }) => account === person.account)
  if (!last || !before) return { roles: person.proposedRoles, teams: person.proposedTeams }
  return { roles: before.roles, teams: teamNames(before, last.roster) }
}

function changesOf({ roster }: KnownOrganisation, rows: Rows): readonly Changing[] {
  return roster.people.flatMap((before) => {
    const row = rows.get(before.email)
    if (!row || !differs(row, { ...before, teams: teamNames(before, roster) })) return []
    const { name, roles, teams } = row
    return [{ account: before.account, name, roles, teams }]
  })
}

type Standing = Pick<Changing, 'name' | 'roles' | 'teams'>

function differs(row: Standing, before: Standing): boolean {
  const written = ({ name, roles, teams }: Standing) => JSON.stringify([name, roles.toSorted(), teams.toSorted()])
  return written(row) !== written(before)
}
