// What the next roster is to change, before anybody is asked or anything is signed. It is the last signed roster and what
// the administrator does about people by name: whoever the service says waits is taken in by nobody's silence
// (ARCHITECTURE.md#leaving).
import type { AwaitingPerson } from '#contract/organisations.ts'
import type { PersonRow } from '#domain/organisations/people-list.ts'
import { type KnownOrganisation, type RosteredPerson, teamNames } from '#domain/organisations/rostered.ts'
import type { AccountId, Fingerprint } from '#domain/values.ts'
import { type Former, formerOf, refuseSomebodyElses } from './former-people.ts'
import type { Changing, Joining } from './next-roster.ts'
import { TrustRefused } from './trust-refused.ts'

export interface RosterWish {
  /** Null before the first roster. */
  readonly last: KnownOrganisation | null
  readonly awaiting: readonly AwaitingPerson[]
  /** Who has no key any more, as the service says. */
  readonly withdrawn: readonly AccountId[]
  /** Whoever the list names is taken in, as it names them, but for who has left; null: there is no list. */
  readonly rows: readonly PersonRow[] | null
  /** Who is to be taken in, by address, with the fingerprint that they read to the administrator, if it was given. */
  readonly takeIn: ReadonlyMap<string, Fingerprint | null>
  /** The administrator's own key, as their own machine has it. */
  readonly own: Fingerprint | null
  /** E-mail addresses of who is to leave. */
  readonly remove: readonly string[]
}

export interface RosterPlan {
  readonly joining: readonly Candidate[]
  readonly notListed: readonly AwaitingPerson[]
  /** The service may only take away: whoever it says has no key is left out, and the administrator is told. */
  readonly withoutKey: readonly RosteredPerson[]
  /** Of those without a key, who is not to leave: their accounts stay, for them to prove another. */
  readonly mayReturn: readonly AccountId[]
  readonly removed: readonly RosteredPerson[]
  readonly leaving: ReadonlySet<AccountId>
  /** Addresses to remove that are nobody's. */
  readonly unknown: readonly string[]
  /** Addresses to take in under which nobody waits. */
  readonly notWaiting: readonly string[]
  /** Who stands in the last roster otherwise than in the list, whether they leave or come again or not. */
  readonly changing: readonly Changing[]
}

export interface Candidate extends Joining {
  /** The list, the administrator's word or their own machine has the fingerprint; otherwise somebody is to be asked. */
  readonly isCompared: boolean
  /** The administrator named this person; otherwise they are asked about, by name, or stay out. */
  readonly isNamed: boolean
  /** The last roster that had them, or somebody who looks like them, and who has left since. */
  readonly left: Former | null
}

/** Throws TrustRefused when the service has another key for somebody than was given, or somebody else's key for them. */
export function planRoster(wish: RosterWish): RosterPlan {
  const { last, awaiting, withdrawn, rows, takeIn, remove } = wish
  const byEmail = rows && new Map(rows.map((row) => [row.email, row]))
  const people = last?.roster.people ?? []
  const withoutKey = people.filter(({ account }) => withdrawn.includes(account))
  const found = remove.map((email) => ({ email, person: people.find((one) => one.email === email.toLowerCase()) }))
  const removed = found.flatMap(({ person }) => person ?? [])
  const leaving = new Set([...withoutKey, ...removed].map(({ account }) => account))
  refuseSomebodyElses(awaiting, { last, leaving })
  const waiting = new Set<string>(awaiting.map(({ email }) => email))
  const isWanted = ({ email }: AwaitingPerson) => !byEmail || byEmail.has(email) || takeIn.has(email)
  const considered = awaiting.filter((person) => !removed.some(({ account }) => account === person.account))
  return {
    joining: considered
      .filter(isWanted)
      .map((person) => candidate(person, { ...wish, leaving, row: byEmail?.get(person.email) })),
    notListed: considered.filter((person) => !isWanted(person)),
    withoutKey,
    mayReturn: withoutKey.filter((person) => !removed.includes(person)).map(({ account }) => account),
    removed,
    leaving,
    unknown: found.filter(({ person }) => !person).map(({ email }) => email),
    notWaiting: [...takeIn.keys()].filter((email) => !waiting.has(email)),
    changing: last && byEmail ? changesOf(last, byEmail) : [],
  }
}

type Rows = ReadonlyMap<string, PersonRow>

interface Considering extends Pick<RosterWish, 'last' | 'takeIn' | 'own'> {
  readonly leaving: ReadonlySet<AccountId>
  readonly row: PersonRow | undefined
}

function candidate(person: AwaitingPerson, { last, leaving, takeIn, own, row }: Considering): Candidate {
  const compared = takeIn.get(person.email) ?? row?.fingerprint ?? null
  const name = row?.name ?? person.name
  if (compared !== null && compared !== person.certificate)
    throw new TrustRefused({ code: 'TRUST_CERTIFICATE', saw: `${name}: ${person.certificate}` })
  const left = formerOf(person, { last, leaving })
  const isOwn = person.certificate === own
  return {
    person: { ...person, name },
    ...(row ? { roles: row.roles, teams: row.teams } : rightsOf(person, last)),
    isCompared: compared !== null || isOwn,
    // A list is made once and used for months: who has left meanwhile is not brought back by it.
    isNamed: takeIn.has(person.email) || isOwn || (row !== undefined && left === null),
    left,
  }
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
