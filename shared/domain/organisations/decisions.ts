// Who may change what an organisation says of itself, and what it must look like to be taken (DESIGN 5, 6). The server
// checks what clients check again; it may block sooner, never add. Signatures and hashes arrive as facts.
import type { LogReference } from '../audit/entry.ts'
import type { EventName } from '../audit/events.ts'
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision, Refusal, Refused } from '../decision.ts'
import type { ParsedDocument, SignedBytes } from '../document.ts'
import type { RefusalCode } from '../refusals.ts'
import { addSeconds, isNear } from '../time.ts'
import type { AccountId, Email, Fingerprint, Instant, OrganisationId, Origin, Sha256Hex } from '../values.ts'
import type { OrganisationKey, PersonEntry } from './changes.ts'
import { type Person, type Roster, rosterLifeSeconds } from './roster.ts'
import { type KeyPeriod, type Statement, statementLifeSeconds } from './statement.ts'

export interface DocumentHead {
  readonly sequence: number
  readonly hash: Sha256Hex
}

/** An organisation as the service knows it. */
export interface OrganisationHead {
  readonly id: OrganisationId
  readonly name: string
  /** Null until the first statement. */
  readonly root: Fingerprint | null
  readonly statement: (DocumentHead & { readonly rosterKeys: readonly KeyPeriod[] }) | null
  readonly roster: DocumentHead | null
}

/** A document as it came, with what the service found out about it. */
export interface Submitted<T> {
  readonly document: ParsedDocument<T>
  readonly hash: Sha256Hex
  readonly signed: SignedBytes
}

interface SubmissionFacts {
  readonly caller: PersonCaller
  readonly origin: Origin
  readonly organisation: OrganisationHead
}

export interface StatementFacts extends SubmissionFacts {
  readonly submitted: Submitted<Statement>
  /** The certificates that came along, or why one of them is refused. */
  readonly keys: readonly OrganisationKey[] | { readonly code: RefusalCode }
  /** Whether the signature is the statement's root's. */
  readonly signedByRoot: boolean
}

export function decideRegisterStatement(facts: StatementFacts, at: Instant): Decision<DocumentHead> {
  const { caller, submitted, keys } = facts
  const event = 'org.statement.registered'
  if (!isAdministrator(caller)) return refuse({ event, caller, refusal: { code: 'ROLE_REQUIRED' } })
  if (!submitted.document.ok) return refuseDocument({ event, caller, why: submitted.document.reason })
  if ('code' in keys) return refuse({ event, caller, refusal: keys })
  if (!facts.signedByRoot) return refuse({ event, caller, refusal: { code: 'SIGNATURE_INVALID' } })
  const statement = submitted.document.value
  const why = whyNotStatement({ facts, statement, keys, at })
  if (why) return refuse({ event, caller, refusal: { code: 'STATEMENT_REFUSED', detail: { why } } })
  const { hash, signed } = submitted
  const { sequence, root, expires } = statement
  return {
    next: { sequence, hash },
    changes: [{ kind: 'organisations.register-statement', statement, hash, signed, keys }],
    event: { event, logs: [ownLog(caller)], detail: { sequence, hash, root, expires } },
    jobs: [],
  }
}

interface StatementCheck {
  readonly facts: StatementFacts
  readonly statement: Statement
  readonly keys: readonly OrganisationKey[]
  readonly at: Instant
}

function whyNotStatement({ facts, statement, keys, at }: StatementCheck): string | null {
  const { organisation } = facts
  const given = new Set(keys.map(({ fingerprint }) => fingerprint))
  const named = [statement.root, ...statement.rosterKeys.map(({ fingerprint }) => fingerprint)]
  return (
    whyNotHere(facts, statement) ??
    whyNotNext(statement, organisation.statement) ??
    whyNotNow(statement, { at, life: statementLifeSeconds }) ??
    firstOf([
      [organisation.root !== null && statement.root !== organisation.root, 'the root is another'],
      [named.some((fingerprint) => !given.has(fingerprint)), 'the certificate of a key it names is missing'],
      [given.size !== new Set(named).size, 'a certificate came along that it does not name'],
      [statement.rosterKeys.some(({ from, until }) => from >= until), 'a roster key’s time ends before it begins'],
      [statement.successorRoot !== null, 'a successor root cannot be named yet'],
    ])
  )
}

export interface SubmittedPerson {
  readonly digest: Sha256Hex
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly document: ParsedDocument<Person>
}

/** An account of the organisation with the keys it has proven. */
export interface ProvenAccount {
  readonly account: AccountId
  readonly email: Email
  readonly certificate: Fingerprint
  readonly encryptionSubkey: Fingerprint
}

export interface RosterFacts extends SubmissionFacts {
  readonly submitted: Submitted<Roster>
  readonly people: readonly SubmittedPerson[]
  /** The roster key that signed, of the current statement's; null: none did. */
  readonly signedBy: Fingerprint | null
  readonly proven: readonly ProvenAccount[]
}

export function decideRegisterRoster(facts: RosterFacts, at: Instant): Decision<DocumentHead> {
  const { caller, submitted, signedBy } = facts
  const event = 'org.roster.registered'
  if (!isAdministrator(caller)) return refuse({ event, caller, refusal: { code: 'ROLE_REQUIRED' } })
  if (!submitted.document.ok) return refuseDocument({ event, caller, why: submitted.document.reason })
  if (signedBy === null) return refuse({ event, caller, refusal: { code: 'SIGNATURE_INVALID' } })
  const roster = submitted.document.value
  const people = entriesOf(facts.people)
  if (typeof people === 'string') return refuseDocument({ event, caller, why: people })
  const why = whyNotRoster({ facts, roster, signedBy, people, at })
  if (why) return refuse({ event, caller, refusal: { code: 'ROSTER_REFUSED', detail: { why } } })
  const { hash, signed } = submitted
  const { sequence, expires } = roster
  return {
    next: { sequence, hash },
    changes: [{ kind: 'organisations.register-roster', roster, hash, signed, signedBy, people }],
    event: { event, logs: [ownLog(caller)], detail: { sequence, hash, people: people.length, expires } },
    jobs: [],
  }
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
    whyNotNow(roster, { at, life: rosterLifeSeconds }) ??
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
  const stranger = people.find(({ person }) => !proven.some((one) => isSame(one, person)))
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

interface OfOrganisation {
  readonly origin: Origin
  readonly organisation: OrganisationId
  readonly name: string
}

function whyNotHere({ origin, organisation }: SubmissionFacts, document: OfOrganisation): string | null {
  return firstOf([
    [document.origin !== origin, 'it is from another installation'],
    [document.organisation !== organisation.id, 'it is another organisation’s'],
    [document.name !== organisation.name, 'the organisation has another name here'],
  ])
}

interface InSequence {
  readonly sequence: number
  readonly previous: Sha256Hex | null
}

function whyNotNext({ sequence, previous }: InSequence, last: DocumentHead | null): string | null {
  return firstOf([
    [sequence !== (last?.sequence ?? 0) + 1, `its sequence must be ${(last?.sequence ?? 0) + 1}`],
    [previous !== (last?.hash ?? null), 'it does not follow the last one'],
  ])
}

interface Dated {
  readonly issued: Instant
  readonly expires: Instant
}

function whyNotNow({ issued, expires }: Dated, { at, life }: { at: Instant; life: number }): string | null {
  return firstOf([
    [!isNear(issued, at), 'it was not issued now'],
    [expires <= at, 'it has expired'],
    [expires > addSeconds(issued, life), 'it lives too long'],
  ])
}

/** The first reason that holds. */
function firstOf(reasons: readonly (readonly [boolean, string])[]): string | null {
  return reasons.find(([holds]) => holds)?.[1] ?? null
}

export interface ViewFacts<View> {
  readonly caller: PersonCaller
  readonly view: View
  readonly people: number
}

/** One's own organisation's documents: everyone in it may see them. */
export function decideViewDocuments<View>({ caller, view, people }: ViewFacts<View>): Decision<View> {
  const logs: readonly LogReference[] = [ownLog(caller)]
  return { next: view, changes: [], event: { event: 'org.viewed', logs, detail: { people } }, jobs: [] }
}

/** Who waits for the roster: the administrators' business. */
export function decideViewAwaiting<View>(facts: ViewFacts<View>): Decision<View> {
  const { caller } = facts
  if (isAdministrator(caller)) return decideViewDocuments(facts)
  return refuse({ event: 'org.viewed', caller, refusal: { code: 'ROLE_REQUIRED' } })
}

function isAdministrator({ actor }: PersonCaller): boolean {
  return actor.roles.includes('organisation-administrator')
}

interface Refusing {
  readonly event: EventName
  readonly caller: PersonCaller
  readonly refusal: Refusal
}

function refuse({ event, caller, refusal }: Refusing): Refused {
  return { refusal, event: { event, logs: [ownLog(caller)] } }
}

function refuseDocument({ why, ...rest }: Omit<Refusing, 'refusal'> & { readonly why: string }): Refused {
  return refuse({ ...rest, refusal: { code: 'DOCUMENT_INVALID', detail: { why } } })
}
