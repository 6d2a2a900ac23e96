// Who stands in an organisation's rosters, with which key? Each roster is signed by a key that its statements name, and
// lists its people by the digests of their entries (ARCHITECTURE.md#trust-chain). A person comes with the certificate
// that really has the fingerprint in the entry.
import type { OrganisationDocuments } from '#contract/documents.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import { type Person, person, type Roster, roster } from '#domain/organisations/roster.ts'
import type { ReadRoster, RosteredPerson } from '#domain/organisations/rostered.ts'
import type { KeyPeriod } from '#domain/organisations/statement.ts'
import { isAhead, isOver } from '#domain/time.ts'
import { type Instant, instant, type Sha256Hex } from '#domain/values.ts'
import { inspectNow, lastInForce } from '#openpgp/certificates.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { digestOf, findKey, follows, parse, type Reader, readSigned, refuse, refuseForeign } from './read-signed.ts'
import type { Expected, VerifiedStatements } from './verify-statements.ts'

declare const verified: unique symbol

/** Made here and nowhere else. */
export interface VerifiedPerson extends RosteredPerson {
  readonly [verified]: true
}

/** Made here and nowhere else. */
export interface VerifiedRoster extends ReadRoster {
  readonly [verified]: true
  readonly people: readonly VerifiedPerson[]
}

const asRoster: Reader<Roster> = (bytes) => parseDocument(roster, bytes)
const asPerson: Reader<Person> = (bytes) => parseDocument(person, bytes)

interface Verifying {
  readonly expected: Expected
  readonly documents: OrganisationDocuments
  readonly statements: VerifiedStatements
}

/** In their order. Throws TrustRefused, also when there is none. */
export async function verifyRosters(verifying: Verifying): Promise<readonly VerifiedRoster[]> {
  const { documents, expected, statements } = verifying
  const chain = await verifyChain(verifying)
  if (chain.length === 0) throw refuse('TRUST_ROSTER_MISSING', statements.name)
  const people = await verifyPeople({ chain, documents, now: expected.now })
  return chain.map((link) => verifiedRoster(link, people))
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

async function verifyChain({ expected, documents, statements }: Verifying): Promise<readonly RosterLink[]> {
  const chain: RosterLink[] = []
  for (const document of documents.rosters) {
    const { value, hash, signed } = await readSigned(asRoster, document)
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
  if (isOver(current.expires, expected.now) && !expected.forgiveExpiry)
    throw refuse('TRUST_ROSTER_EXPIRED', current.expires)
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
    if (isAhead(from, value.issued) || isOver(until, value.issued)) continue
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
    const key = await certificateOf({ entry, offered, instants: [now, listing.issued] })
    const { type: _type, salt: _salt, ...rest } = entry
    const { organisation } = documents
    entries.push({ digest, person: { ...rest, organisation, entry: bytes, ...key } as VerifiedPerson })
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
  /** It must have been valid at one of them: now, or when the roster was signed; or be one that has ended since. */
  readonly instants: readonly [Instant, Instant]
}

type KeyInForce = Pick<VerifiedPerson, 'certificateBytes' | 'keyExpires'>

function earlier(...ends: readonly (string | null)[]): Instant | null {
  const [first] = ends.flatMap((end) => end ?? []).toSorted()
  return first === undefined ? null : instant.parse(first)
}

async function certificateOf({ entry, offered, instants }: CertificateSearch): Promise<KeyInForce> {
  const seen: string[] = []
  for (const given of offered) {
    const bytes = Uint8Array.fromBase64(given.bytes)
    // What was renewed by a program that forgets, and has ended, was valid at neither.
    const last = await lastInForce(bytes, instants[0])
    for (const at of [...instants, ...(last === null ? [] : [last])]) {
      const found = await inspectNow(bytes, at)
      seen.push(found.ok ? found.certificate.fingerprint : found.code)
      if (!found.ok || found.certificate.fingerprint !== entry.certificate) continue
      const subkey = found.certificate.encryptionSubkeys.find((one) => one.fingerprint === entry.encryptionSubkey)
      if (subkey) return { certificateBytes: bytes, keyExpires: earlier(found.certificate.expires, subkey.expires) }
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
  const { name, sequence, issued, expires, teams } = value
  const proven: Omit<VerifiedRoster, typeof verified> = {
    reference: { sequence, hash },
    name,
    issued,
    expires,
    teams,
    people,
  }
  return proven as VerifiedRoster
}
