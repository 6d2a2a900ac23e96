// An administrator registers the next roster: everyone in it has an account here with exactly the proven key it lists.
// Signatures and hashes arrive as facts.
import { ownLog } from '../caller.ts'
import type { ParsedDocument } from '../document.ts'
import type { AccountId, Bytes, Email, Fingerprint, Instant, Sha256Hex } from '../values.ts'
import type { Decision, PersonEntry } from './changes.ts'
import { type Person, type Roster, rosterLifeDays } from './roster.ts'
import {
  type DocumentHead,
  firstOf,
  refuse,
  refuseDocument,
  refuseToSubmit,
  type SubmissionFacts,
  type Submitted,
  whyNotHere,
  whyNotNext,
  whyNotNow,
} from './submission.ts'

export interface SubmittedPerson {
  readonly digest: Sha256Hex
  readonly bytes: Bytes
  readonly document: ParsedDocument<Person>
}

/** An account of the organisation with the keys it has proven. */
export interface ProvenAccount {
  readonly account: AccountId
  readonly email: Email
  readonly certificate: Fingerprint
  readonly encryptionSubkey: Fingerprint
}

/** A live account that stands in the organisation's roster of today. */
export interface Known {
  readonly account: AccountId
  /** Its key is revoked or has expired: the next roster cannot list it. */
  readonly keyEnded: boolean
}

export interface RosterFacts extends SubmissionFacts {
  readonly submitted: Submitted<Roster>
  readonly people: readonly SubmittedPerson[]
  /** The roster key that signed, of the current statement's; null: none did. */
  readonly signedBy: Fingerprint | null
  readonly proven: readonly ProvenAccount[]
  readonly known: readonly Known[]
  /** Whom the administrator leaves out for their key's sake alone, and expects to prove another. */
  readonly mayReturn: readonly AccountId[]
}

export function decideRegisterRoster(facts: RosterFacts, at: Instant): Decision<DocumentHead> {
  const { caller, submitted, signedBy } = facts
  const event = 'org.roster.registered'
  const stands = refuseToSubmit(caller)
  if (stands) return refuse({ event, caller, refusal: stands })
  if (!submitted.document.ok) return refuseDocument({ event, caller, reason: submitted.document.reason })
  if (signedBy === null) return refuse({ event, caller, refusal: { code: 'SIGNATURE_INVALID' } })
  const roster = submitted.document.value
  const people = entriesOf(facts.people)
  if (typeof people === 'string') return refuseDocument({ event, caller, reason: people })
  const reason = whyNotRoster({ facts, roster, signedBy, people, at })
  if (reason) return refuse({ event, caller, refusal: { code: 'ROSTER_REFUSED', detail: { reason } } })
  const { hash, signed } = submitted
  const { sequence, expires, organisation } = roster
  const leavers = leaversOf(facts, people)
  return {
    next: { sequence, hash },
    changes: [
      { kind: 'organisations.register-roster', roster, hash, signed, signedBy, people },
      ...leavers.map((account) => ({ kind: 'identity.deactivate', account, at }) as const),
      { kind: 'organisations.end-webhooks', organisation, administrators: administratorsOf(people), at },
    ],
    event: {
      event,
      logs: [ownLog(caller)],
      detail: { sequence, hash, people: people.length, left: leavers.length, expires },
    },
    jobs: [],
  }
}

/** Who stands in today's roster and does not stand in this one. A key that ended is no leaving, where the administrator says so. */
function leaversOf({ known, mayReturn }: RosterFacts, people: readonly PersonEntry[]): readonly AccountId[] {
  const listed = new Set(people.map(({ person }) => person.account))
  const returning = new Set(mayReturn)
  const left = known.filter(({ account, keyEnded }) => !listed.has(account) && !(keyEnded && returning.has(account)))
  return left.map(({ account }) => account)
}

function administratorsOf(people: readonly PersonEntry[]): readonly AccountId[] {
  const found = people.filter(({ person }) => person.roles.includes('organisation-administrator'))
  return found.map(({ person }) => person.account)
}

/** All entries parsed, or why one is none. */
function entriesOf(people: readonly SubmittedPerson[]): readonly PersonEntry[] | string {
  const entries: PersonEntry[] = []
  for (const { digest, bytes, document } of people) {
    if (!document.ok) return document.reason
    entries.push({ digest, bytes, person: document.value })
  }
  return entries
}

interface RosterCheck {
  readonly facts: RosterFacts
  readonly roster: Roster
  readonly signedBy: Fingerprint
  readonly people: readonly PersonEntry[]
  readonly at: Instant
}

function whyNotRoster({ facts, roster, signedBy, people, at }: RosterCheck): string | null {
  const { statement, roster: last } = facts.organisation
  const period = statement?.rosterKeys.find(({ fingerprint }) => fingerprint === signedBy)
  return (
    whyNotHere(facts, roster) ??
    whyNotNext(roster, last) ??
    whyNotNow(roster, { at, days: rosterLifeDays }) ??
    firstOf([
      [roster.statement !== statement?.hash, 'it does not name the current statement'],
      [!period || roster.issued < period.from || roster.issued >= period.until, 'its key may not sign at that time'],
    ]) ??
    whyNotListed({ roster, people }) ??
    whyNotPeople({ roster, people, proven: facts.proven })
  )
}

interface Listed {
  readonly roster: Roster
  readonly people: readonly PersonEntry[]
}

/** Digests ascend without doubles, and the entries that came along are exactly theirs. */
function whyNotListed({ roster, people }: Listed): string | null {
  const listed = roster.people
  const given = new Set(people.map(({ digest }) => digest))
  return firstOf([
    [listed.some((digest, index) => index > 0 && digest <= (listed[index - 1] ?? '')), 'its people are not in order'],
    [given.size !== listed.length || listed.some((digest) => !given.has(digest)), 'entries and digests differ'],
  ])
}

interface PeopleCheck extends Listed {
  readonly proven: readonly ProvenAccount[]
}

function whyNotPeople({ roster, people, proven }: PeopleCheck): string | null {
  const teams = new Set(roster.teams.map(({ id }) => id))
  const accounts = new Set(people.map(({ person }) => person.account))
  const bySubkey = Map.groupBy(proven, ({ encryptionSubkey }) => encryptionSubkey)
  const isKnown = (person: Person) => bySubkey.get(person.encryptionSubkey)?.some((one) => isSame(one, person)) ?? false
  const stranger = people.find(({ person }) => !isKnown(person))
  return firstOf([
    [teams.size !== roster.teams.length, 'a team stands in it twice'],
    [accounts.size !== people.length, 'somebody stands in it twice'],
    [stranger !== undefined, `${stranger?.person.name} has no account here with that e-mail and proven key`],
    [
      people.some(({ person }) => person.teams.some((team) => !teams.has(team))),
      'somebody is in a team it does not name',
    ],
    [
      !people.some(({ person }) => person.roles.includes('organisation-administrator')),
      'nobody in it is administrator',
    ],
  ])
}

function isSame(proven: ProvenAccount, person: Person): boolean {
  return (
    proven.account === person.account &&
    proven.email === person.email &&
    proven.certificate === person.certificate &&
    proven.encryptionSubkey === person.encryptionSubkey
  )
}
