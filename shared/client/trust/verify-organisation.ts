// The trust chain of one organisation: pinned root -> statements -> rosters -> people -> certificates
// (ARCHITECTURE.md#trust-chain). A root may name its successor, which signs from the next statement on: whoever pinned
// either reaches the same chain. Trusts the root's fingerprint and the origin it is given, nothing the service says.
// People, teams and keys are taken only from the result, whose types nothing else can make. Each lie is a named
// TrustRefused.
import type { OrganisationDocuments, SignedDocument } from '#contract/documents.ts'
import { decodeSigned } from '#contract/documents.ts'
import { type ParsedDocument, parseDocument, type SignedBytes } from '#domain/document.ts'
import {
  type Person,
  person,
  type Roster,
  type RosterReference,
  roster,
  type Team,
} from '#domain/organisations/roster.ts'
import { type KeyPeriod, type Statement, statement } from '#domain/organisations/statement.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import {
  type Fingerprint,
  type Instant,
  type OrganisationId,
  type Origin,
  type Sha256Hex,
  sha256Hex,
  type TeamId,
} from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { SeenSequences } from './anchor.ts'
import { TrustRefused } from './trust-refused.ts'

declare const verified: unique symbol

/** The one place where something becomes verified: the types below exist nowhere else. */
function asVerified<T extends { readonly [verified]: true }>(value: Omit<T, typeof verified>): T {
  return value as unknown as T
}

export interface VerifiedPerson extends Omit<Person, 'type' | 'salt'> {
  readonly [verified]: true
  readonly organisation: OrganisationId
  /** The exact bytes whose digest the roster lists. */
  readonly entry: Uint8Array<ArrayBuffer>
  /** The public part whose fingerprint stands in the roster. */
  readonly certificateBytes: Uint8Array<ArrayBuffer>
}

export interface VerifiedRoster {
  readonly [verified]: true
  readonly reference: RosterReference
  readonly issued: Instant
  readonly expires: Instant
  readonly teams: readonly Team[]
  readonly people: readonly VerifiedPerson[]
}

export interface VerifiedStatements {
  readonly [verified]: true
  readonly organisation: OrganisationId
  readonly name: string
  /** Of the latest statement. */
  readonly root: Fingerprint
  /** Every root of the chain, each named by the one before it: an agreement may name any of them. */
  readonly roots: ReadonlySet<Fingerprint>
  /** The latest, not expired. */
  readonly current: Statement
  readonly hash: Sha256Hex
  readonly all: ReadonlyMap<Sha256Hex, Statement>
}

export interface VerifiedOrganisation {
  readonly [verified]: true
  readonly organisation: OrganisationId
  readonly name: string
  readonly root: Fingerprint
  readonly statements: VerifiedStatements
  /** The current one: new recipients and new signatures stand in it. */
  readonly roster: VerifiedRoster
  /** All reached from the current one by `previous`: who signed something stood in one of them. */
  readonly rosters: ReadonlyMap<Sha256Hex, VerifiedRoster>
  /** To be remembered in the anchor. */
  readonly seen: SeenSequences
}

/** What a client knows before it reads what the service says of an organisation. */
export interface Expected {
  readonly origin: Origin
  /** Pinned or agreed: the chain must go through it. */
  readonly root: Fingerprint
  /** Unknown only for one's own organisation before its first statement was seen. */
  readonly organisation?: OrganisationId | undefined
  readonly seen: SeenSequences
  readonly now: Instant
  /** Only to replace an expired roster by its successor, or to read what is past: never to choose whom to trust now. */
  readonly forgiveExpiry?: true
  /** Only for the administrator who replaces it: the last roster may be signed by a key that was dropped since. */
  readonly forgiveDroppedKey?: true
}

/** Throws TrustRefused. */
export async function verifyOrganisation(
  expected: Expected,
  documents: OrganisationDocuments,
): Promise<VerifiedOrganisation> {
  const statements = await verifyStatements(expected, documents)
  const chain = await verifyRosterChain({ expected, documents, statements })
  const current = chain.at(-1)
  if (!current) throw refuse('TRUST_ROSTER_MISSING', statements.name)
  const people = await verifyPeople({ chain, documents, now: expected.now })
  const rosters = chain.map((link) => verifiedRoster(link, people))
  return asVerified<VerifiedOrganisation>({
    organisation: statements.organisation,
    name: current.roster.name,
    root: statements.root,
    statements,
    roster: rosters.at(-1)!,
    rosters: new Map(rosters.map((one) => [one.reference.hash, one])),
    seen: { statement: statements.current.sequence, roster: current.roster.sequence },
  })
}

/** Root and statements alone: what an administrator needs before the first roster. Throws TrustRefused. */
export async function verifyStatements(
  expected: Expected,
  { organisation, statements, keys }: Pick<OrganisationDocuments, 'organisation' | 'statements' | 'keys'>,
): Promise<VerifiedStatements> {
  if (expected.organisation !== undefined && expected.organisation !== organisation) {
    throw refuse('TRUST_ORGANISATION', organisation)
  }
  const all = new Map<Sha256Hex, Statement>()
  let last: { value: Statement; hash: Sha256Hex } | undefined
  for (const document of statements) {
    const { value, hash, signed } = await read(asStatement, document)
    refuseForeign(expected, { value, organisation })
    if (last && value.root !== rootAfter(last.value)) throw refuse('TRUST_ROOT', value.root)
    const at = document === statements.at(-1) ? expected.now : value.issued
    const certificate = await findKey({ keys, fingerprint: value.root, at })
    if (!certificate) throw refuse('TRUST_ROOT', `${value.root} without its certificate`)
    await verifyBy({ signed, certificate, now: expected.now, code: 'TRUST_STATEMENT_SIGNATURE' })
    if (!follows(value, last)) throw refuse('TRUST_STATEMENT_CHAIN', `statement ${value.sequence}`)
    last = { value, hash }
    all.set(hash, value)
  }
  if (!last) throw refuse('TRUST_STATEMENT_CHAIN', 'no statement')
  const { value: current, hash } = last
  // What came before it is believed by the hash it follows, what comes after by the successor it names.
  const roots = new Set([...all.values()].map(({ root }) => root))
  if (!roots.has(expected.root)) throw refuse('TRUST_ROOT', [...roots].join(', '))
  if (current.sequence < expected.seen.statement) throw refuse('TRUST_STATEMENT_OLD', `statement ${current.sequence}`)
  if (current.expires <= expected.now) throw refuse('TRUST_STATEMENT_EXPIRED', current.expires)
  const { name, root } = current
  return asVerified<VerifiedStatements>({ organisation, name, root, roots, current, hash, all })
}

/** Who signs the next statement: a root that named its successor signs nothing more. */
export function rootAfter({ root, successorRoot }: Pick<Statement, 'root' | 'successorRoot'>): Fingerprint {
  return successorRoot ?? root
}

/** A team's rostered members, in the current roster. */
export function membersOf(of: VerifiedOrganisation, team: TeamId): readonly VerifiedPerson[] {
  return of.roster.people.filter((one) => one.teams.includes(team))
}

interface RosterLink {
  readonly roster: Roster
  readonly hash: Sha256Hex
}

interface Verifying {
  readonly expected: Expected
  readonly documents: OrganisationDocuments
  readonly statements: VerifiedStatements
}

async function verifyRosterChain({ expected, documents, statements }: Verifying): Promise<readonly RosterLink[]> {
  const chain: RosterLink[] = []
  for (const document of documents.rosters) {
    const { value, hash, signed } = await read(asRoster, document)
    refuseForeign(expected, { value, organisation: documents.organisation })
    const last = chain.at(-1)
    if (!follows(value, last && { value: last.roster, hash: last.hash })) {
      throw refuse('TRUST_ROSTER_CHAIN', `roster ${value.sequence}`)
    }
    const named = statements.all.get(value.statement)
    if (!named) throw refuse('TRUST_ROSTER_CHAIN', `roster ${value.sequence} names no statement of the organisation`)
    // A key that the latest statement dropped may have signed before, but nothing that counts today.
    const isCurrent = document === documents.rosters.at(-1)
    const periods = (isCurrent && !expected.forgiveDroppedKey ? statements.current : named).rosterKeys
    await verifyByRosterKey({ value, signed, periods, keys: documents.keys, now: expected.now })
    chain.push({ roster: value, hash })
  }
  const current = chain.at(-1)?.roster
  if (!current) return chain
  if (current.sequence < expected.seen.roster) throw refuse('TRUST_ROSTER_OLD', `roster ${current.sequence}`)
  if (current.expires <= expected.now && !expected.forgiveExpiry) throw refuse('TRUST_ROSTER_EXPIRED', current.expires)
  return chain
}

interface SignedRoster {
  readonly value: Roster
  readonly signed: SignedBytes
  readonly periods: readonly KeyPeriod[]
  readonly keys: OrganisationDocuments['keys']
  readonly now: Instant
}

async function verifyByRosterKey({ value, signed, periods, keys, now }: SignedRoster): Promise<void> {
  for (const { fingerprint, from, until } of periods) {
    if (value.issued < from || value.issued >= until) continue
    const certificate = await findKey({ keys, fingerprint, at: value.issued })
    if (!certificate) continue
    const found = await verifyDetached({ ...signed, certificate, at: now })
    if (found.ok) return
  }
  throw refuse('TRUST_ROSTER_KEY', `roster ${value.sequence}`)
}

interface Entry {
  readonly digest: Sha256Hex
  readonly person: VerifiedPerson
}

interface VerifyingPeople {
  readonly chain: readonly RosterLink[]
  readonly documents: OrganisationDocuments
  readonly now: Instant
}

async function verifyPeople({ chain, documents, now }: VerifyingPeople): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  // By digest, the latest roster that lists it; by account, what may be its certificate: time grows with the people only.
  const listings = new Map(chain.flatMap(({ roster: one }) => one.people.map((digest) => [digest, one] as const)))
  const certificates = Map.groupBy(documents.certificates, ({ account }) => account)
  for (const document of documents.people) {
    const bytes = Uint8Array.fromBase64(document.bytes)
    const digest = await digestOf(bytes)
    const listing = listings.get(digest)
    if (!listing) throw refuse('TRUST_PERSON_NOT_LISTED', nameOf(bytes))
    const entry = parse(asPerson, bytes)
    const offered = certificates.get(entry.account) ?? []
    const certificateBytes = await certificateOf({ entry, offered, instants: [now, listing.issued] })
    const { type: _type, salt: _salt, ...rest } = entry
    const { organisation } = documents
    entries.push({
      digest,
      person: asVerified<VerifiedPerson>({ ...rest, organisation, entry: bytes, certificateBytes }),
    })
  }
  return entries
}

/** For the refusal's words: as the unlisted entry names itself. */
function nameOf(bytes: Uint8Array): string {
  const parsed = asPerson(bytes)
  return parsed.ok ? `${parsed.value.name} <${parsed.value.email}>` : 'something that is no person entry'
}

interface CertificateSearch {
  readonly entry: Person
  readonly offered: OrganisationDocuments['certificates']
  /** It must have been valid at one of them: now, or when the roster was signed. */
  readonly instants: readonly Instant[]
}

async function certificateOf({ entry, offered, instants }: CertificateSearch): Promise<Uint8Array<ArrayBuffer>> {
  const seen: string[] = []
  for (const given of offered) {
    const bytes = Uint8Array.fromBase64(given.bytes)
    for (const at of instants) {
      const found = await inspectCertificate(bytes, at)
      seen.push(found.ok ? found.certificate.fingerprint : found.code)
      if (!found.ok || found.certificate.fingerprint !== entry.certificate) continue
      const subkeys = found.certificate.encryptionSubkeys.map((subkey) => subkey.fingerprint)
      if (subkeys.includes(entry.encryptionSubkey)) return bytes
    }
  }
  throw refuse('TRUST_CERTIFICATE', `${entry.name}: ${[...new Set(seen)].join(', ') || 'no certificate'}`)
}

function verifiedRoster({ roster: value, hash }: RosterLink, entries: readonly Entry[]): VerifiedRoster {
  const listed = new Set<string>(value.people)
  const people = entries.filter(({ digest }) => listed.has(digest)).map((entry) => entry.person)
  const accounts = new Set(people.map(({ account }) => account))
  const emails = new Set(people.map(({ email }) => email))
  if (accounts.size !== people.length || emails.size !== people.length) {
    throw refuse('TRUST_PERSON_TWICE', `roster ${value.sequence}`)
  }
  const { sequence, issued, expires, teams } = value
  return asVerified<VerifiedRoster>({ reference: { sequence, hash }, issued, expires, teams, people })
}

interface Link {
  readonly sequence: number
  readonly previous: Sha256Hex | null
}

/** The first has sequence 1 and no previous; each next one counts on and names its predecessor's hash. */
function follows(value: Link, last: { value: Link; hash: Sha256Hex } | undefined): boolean {
  if (!last) return value.sequence === 1 && value.previous === null
  return value.sequence === last.value.sequence + 1 && value.previous === last.hash
}

/** A model's strict reader: `parseDocument` with it. */
type Reader<T> = (bytes: Uint8Array) => ParsedDocument<T>
const asStatement: Reader<Statement> = (bytes) => parseDocument(statement, bytes)
const asRoster: Reader<Roster> = (bytes) => parseDocument(roster, bytes)
const asPerson: Reader<Person> = (bytes) => parseDocument(person, bytes)

async function read<T>(reader: Reader<T>, document: SignedDocument) {
  const signed = decodeSigned(document)
  return { value: parse(reader, signed.bytes), hash: await digestOf(signed.bytes), signed }
}

function parse<T>(reader: Reader<T>, bytes: Uint8Array): T {
  const parsed = reader(bytes)
  if (!parsed.ok) throw refuse('TRUST_DOCUMENT', parsed.reason)
  return parsed.value
}

interface Belonging {
  readonly value: { readonly origin: Origin; readonly organisation: OrganisationId }
  readonly organisation: OrganisationId
}

function refuseForeign(expected: Expected, { value, organisation }: Belonging): void {
  if (value.origin !== expected.origin) throw refuse('TRUST_ORIGIN', value.origin)
  if (value.organisation !== organisation) throw refuse('TRUST_ORGANISATION', value.organisation)
}

interface KeySearch {
  readonly keys: OrganisationDocuments['keys']
  readonly fingerprint: Fingerprint
  readonly at: Instant
}

/** The certificate that really has this fingerprint; what the service says beside it counts for nothing. */
async function findKey({ keys, fingerprint, at }: KeySearch): Promise<Uint8Array<ArrayBuffer> | null> {
  for (const key of keys.filter((candidate) => candidate.fingerprint === fingerprint)) {
    const bytes = Uint8Array.fromBase64(key.bytes)
    const found = await inspectCertificate(bytes, at)
    if (found.ok && found.certificate.fingerprint === fingerprint) return bytes
  }
  return null
}

interface SignedBy {
  readonly signed: SignedBytes
  readonly certificate: Uint8Array
  readonly now: Instant
  readonly code: TrustRefusalCode
}

async function verifyBy({ signed, certificate, now, code }: SignedBy): Promise<void> {
  const found = await verifyDetached({ ...signed, certificate, at: now })
  if (!found.ok) throw refuse(code, found.reason)
}

async function digestOf(bytes: Uint8Array): Promise<Sha256Hex> {
  return sha256Hex.parse(await sha256(bytes))
}

function refuse(code: TrustRefusalCode, saw: string): TrustRefused {
  return new TrustRefused({ code, saw })
}
