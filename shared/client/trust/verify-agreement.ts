// The only way for a client to trust anything outside its own organisation (ARCHITECTURE.md#verified-agreement): an
// agreement that its own signatory, rostered under the pinned root, signed in exactly this version. Partners' roots,
// the service's keys and everyone who can be sent to come from the result alone, whose type nothing else can make.
import { type AgreementDocuments, decodeSigned, type OrganisationDocuments } from '#contract/documents.ts'
import {
  type Agreement,
  agreement as agreementModel,
  type Party,
  type ServiceKeys,
} from '#domain/agreements/agreement.ts'
import { contradictionIn } from '#domain/agreements/consistency.ts'
import { isCaseworker } from '#domain/agreements/decide-transfer.ts'
import { type AgreementSignature, agreementSignature } from '#domain/agreements/signature.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import type { RosterReference } from '#domain/organisations/roster.ts'
import { addSeconds, clockSkewSeconds, isNear } from '#domain/time.ts'
import type { Recipient } from '#domain/transfers/dispatch-note.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import {
  type AccountId,
  type Fingerprint,
  type Instant,
  type OrganisationId,
  type Sha256Hex,
  sha256Hex,
} from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { type Anchor, followRoot, remember, seenOf } from './anchor.ts'
import { TrustRefused } from './trust-refused.ts'
import { membersOf, type VerifiedOrganisation, type VerifiedPerson, verifyOrganisation } from './verify-organisation.ts'

declare const verified: unique symbol

/** A recipient as typed, and the rostered caseworkers whose keys are wrapped for: the person, or the team's members. */
export interface NamedRecipient {
  readonly recipient: Recipient
  /** The person's or team's name in the roster. */
  readonly name: string
  readonly members: readonly VerifiedPerson[]
}

/** Who signed something: named by account and by the roster they stood in. */
export interface PastSigner {
  readonly organisation: OrganisationId
  readonly account: AccountId
  readonly roster: RosterReference
  /** When, by their own word: within the life of that roster. */
  readonly at: Instant
}

export interface VerifiedAgreement {
  readonly [verified]: true
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  /** The client's own organisation. */
  readonly own: OrganisationId
  /** The anchor, with the sequences that were seen now: to be kept. */
  readonly anchor: Anchor
  partyOf(organisation: OrganisationId): Party | null
  /** Everyone this client may see in the organisation's current roster; nobody when it is no party. */
  people(organisation: OrganisationId): readonly VerifiedPerson[]
  rosterOf(organisation: OrganisationId): RosterReference | null
  /** When their current roster ends; null when they are no party. */
  rosterExpires(organisation: OrganisationId): Instant | null
  /** A person's or team's name in their organisation's current roster; null when it has none such. */
  nameOf(recipient: Recipient): string | null
  /**
   * By e-mail address or team name among `organisation`'s; null when nobody, or more than one, is meant.
   * Throws TrustRefused TRUST_ROSTER_EXPIRED: nobody is chosen from a roster that has ended; TRUST_KEY_REVOKED: a log that
   * was verified here said so.
   */
  resolveRecipient(text: string, organisation: OrganisationId): NamedRecipient | null
  /** The person as they stood in the roster that their signature names; null when they did not. */
  signerOf(signer: PastSigner): VerifiedPerson | null
  /** Fingerprints of the scan authority's keys that may sign at this instant. */
  scanAuthorityAt(at: Instant): readonly Fingerprint[]
  housekeeperAt(at: Instant): readonly Fingerprint[]
  readonly logKeys: ServiceKeys['log']
  readonly promiseKeys: ServiceKeys['promise']
}

/** An agreement whose parties are who it says, signed or not: what a signatory looks at. Trusted for nothing else. */
export interface AgreementProposal {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly own: OrganisationId
  readonly organisations: ReadonlyMap<OrganisationId, VerifiedOrganisation>
  readonly anchor: Anchor
}

/**
 * Throws TrustRefused. In this order: the agreement is of the pinned origin and names the pinned root, or one of its
 * chain, as our own organisation's; our signatory signed exactly these bytes; only then are the partners' roots believed, their rosters
 * checked under them, and their signatures with the people in those rosters.
 */
export function verifyAgreement(
  anchor: Anchor,
  documents: AgreementDocuments,
  now: Instant,
): Promise<VerifiedAgreement> {
  return verify({ anchor, documents, now })
}

/**
 * The same to read what was sent before: a partner's roster may have expired since, because what is released stays
 * collectable (ARCHITECTURE.md#after-the-agreement). Nobody can be sent to by it.
 */
export function verifyAgreementToRead(
  anchor: Anchor,
  documents: AgreementDocuments,
  now: Instant,
): Promise<VerifiedAgreement> {
  return verify({ anchor, documents, now, forgiveExpiry: true })
}

interface Verifying {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
  /** Of partners; never of one's own organisation. */
  readonly forgiveExpiry?: true
}

async function verify({ anchor, documents, now, ...partners }: Verifying): Promise<VerifiedAgreement> {
  const read = await readAgreement(anchor, documents)
  const own = await verifyOwn({ ...read, anchor, documents, now })
  await verifyPartySignature({ ...read, documents, now, organisation: own })
  const organisations = new Map([[own.organisation, own]])
  for (const party of read.agreement.parties) {
    if (party === read.ownParty) continue
    const organisation = await verifyParty({ ...read, ...partners, anchor, documents, now, party })
    await verifyPartySignature({ ...read, documents, now, organisation })
    organisations.set(party.organisation, organisation)
  }
  return asVerified({
    ...read,
    now,
    own: own.organisation,
    organisations,
    anchor: rememberAll(followRoot(anchor, own.root), organisations.values()),
  })
}

/** The same without signatures, for the one who is asked to sign. Throws TrustRefused. */
export async function verifyProposal(
  anchor: Anchor,
  documents: AgreementDocuments,
  now: Instant,
): Promise<AgreementProposal> {
  const read = await readAgreement(anchor, documents)
  const own = await verifyOwn({ ...read, anchor, documents, now })
  const organisations = new Map([[own.organisation, own]])
  for (const party of read.agreement.parties) {
    if (party === read.ownParty) continue
    organisations.set(party.organisation, await verifyParty({ ...read, anchor, documents, now, party }))
  }
  const { agreement, hash } = read
  // A partner whom nobody here has signed for may be invented, and its sequences with it.
  return {
    agreement,
    hash,
    own: own.organisation,
    organisations,
    anchor: rememberAll(followRoot(anchor, own.root), [own]),
  }
}

interface ReadAgreement {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly ownParty: Party
}

async function readAgreement(anchor: Anchor, documents: AgreementDocuments): Promise<ReadAgreement> {
  const bytes = Uint8Array.fromBase64(documents.agreement.bytes)
  const parsed = parseDocument(agreementModel, bytes)
  if (!parsed.ok) throw refuse('TRUST_DOCUMENT', parsed.reason)
  const agreement = parsed.value
  if (agreement.origin !== anchor.origin) throw refuse('TRUST_ORIGIN', agreement.origin)
  const contradiction = contradictionIn(agreement)
  if (contradiction) throw refuse('TRUST_AGREEMENT', `${contradiction.clause}: ${contradiction.reason}`)
  return {
    agreement,
    hash: sha256Hex.parse(await sha256(bytes)),
    ownParty: findOwnParty(anchor, { agreement, documents }),
  }
}

interface Claimed {
  readonly agreement: Agreement
  readonly documents: AgreementDocuments
}

/** A guess until verifyOwn: the organisation learned before, or else the one that is said to have the pinned root. */
function findOwnParty({ organisation, root }: Anchor, { agreement, documents }: Claimed): Party {
  const hasRoot = new Set(
    documents.organisations
      .filter(({ keys }) => keys.some(({ fingerprint }) => fingerprint === root))
      .map((one) => one.organisation),
  )
  const own = agreement.parties.find((party) =>
    organisation === undefined ? hasRoot.has(party.organisation) : party.organisation === organisation,
  )
  if (!own) throw notOurs(agreement)
  return own
}

function notOurs({ parties }: Agreement): TrustRefused {
  return refuse('TRUST_AGREEMENT_NOT_OURS', parties.map(({ name, root }) => `${name} ${root}`).join(', '))
}

interface OwnToVerify extends ReadAgreement {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
}

/** From the pinned root. The agreement names it, one that led to it, or one that it led to. */
async function verifyOwn({ agreement, ownParty, anchor, ...rest }: OwnToVerify): Promise<VerifiedOrganisation> {
  const { root } = anchor
  const own = await verifyParty({ ...rest, anchor, party: { ...ownParty, root } })
  if (!own.statements.roots.has(ownParty.root)) throw notOurs(agreement)
  return own
}

interface PartyToVerify {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
  readonly party: Party
  readonly forgiveExpiry?: true
}

function verifyParty({ anchor, documents, now, party, ...partner }: PartyToVerify): Promise<VerifiedOrganisation> {
  const { organisation, root } = party
  const seen = seenOf(anchor, organisation)
  const forgiveExpiry = partner.forgiveExpiry && { forgiveExpiry: partner.forgiveExpiry }
  const expected = { origin: anchor.origin, root, organisation, seen, now, ...forgiveExpiry }
  return verifyOrganisation(expected, onlyDocumentsOf(documents, party))
}

function onlyDocumentsOf({ organisations }: AgreementDocuments, { organisation, name }: Party): OrganisationDocuments {
  const found = organisations.filter((documents) => documents.organisation === organisation)
  const [only] = found
  if (!only || found.length > 1) throw refuse('TRUST_ORGANISATION', `${found.length} sets of documents of ${name}`)
  return only
}

interface SignatureToVerify {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly documents: AgreementDocuments
  readonly now: Instant
  readonly organisation: VerifiedOrganisation
}

async function verifyPartySignature(input: SignatureToVerify): Promise<void> {
  const { organisation, now } = input
  const { document, signed } = onlySignatureOf(input)
  if (!saysThisVersion(document, input)) {
    throw refuse('TRUST_AGREEMENT_SIGNATURE', `${organisation.name} signed ${describe(document)}`)
  }
  const signer = findSigner(organisation, document)
  if (!signer?.roles.includes('siro')) {
    throw refuse('TRUST_SIGNATORY', `${signer?.name ?? document.account} for ${organisation.name}`)
  }
  if (signer.certificate !== document.fingerprint) throw refuse('TRUST_SIGNATORY', document.fingerprint)
  const found = await verifyDetached({ ...signed, certificate: signer.certificateBytes, at: now })
  if (!found.ok) throw refuse('TRUST_AGREEMENT_SIGNATURE', `${organisation.name}: ${found.reason}`)
  if (!isNear(found.signedAt as Instant, document.at)) {
    throw refuse('TRUST_AGREEMENT_SIGNATURE', `${organisation.name}: made at ${found.signedAt}`)
  }
}

/** The party's one signature; a signature that cannot be read, or is nobody's, is a lie by itself. */
function onlySignatureOf({ documents, organisation }: SignatureToVerify): {
  readonly document: AgreementSignature
  readonly signed: SignedBytes
} {
  const found = documents.signatures
    .map(readSignature)
    .filter(({ document }) => document.organisation === organisation.organisation)
  const [only] = found
  if (!only) throw refuse('TRUST_AGREEMENT_NOT_SIGNED', organisation.name)
  if (found.length > 1) throw refuse('TRUST_AGREEMENT_SIGNATURE', `${found.length} signatures of ${organisation.name}`)
  return only
}

function readSignature(sent: AgreementDocuments['signatures'][number]) {
  const signed = decodeSigned(sent)
  const parsed = parseDocument(agreementSignature, signed.bytes)
  if (!parsed.ok) throw refuse('TRUST_DOCUMENT', parsed.reason)
  return { document: parsed.value, signed }
}

function saysThisVersion(document: AgreementSignature, { agreement, hash }: SignatureToVerify): boolean {
  const { id, version } = agreement
  const named = document.agreement
  return document.origin === agreement.origin && named.id === id && named.version === version && named.hash === hash
}

function describe({ agreement: { version, hash } }: AgreementSignature): string {
  return `version ${version} with hash ${hash}`
}

/** In the roster that the signature names, made while it was current. */
function findSigner(
  organisation: VerifiedOrganisation,
  { account, roster, at }: Omit<PastSigner, 'organisation'>,
): VerifiedPerson | null {
  const stood = organisation.rosters.get(roster.hash)
  if (!stood || stood.reference.sequence !== roster.sequence) return null
  if (at < addSeconds(stood.issued, -clockSkewSeconds) || at >= stood.expires) return null
  return stood.people.find((one) => one.account === account) ?? null
}

function rememberAll(anchor: Anchor, organisations: Iterable<VerifiedOrganisation>): Anchor {
  let known = anchor
  for (const { organisation, seen } of organisations) known = remember(known, { organisation, ...seen })
  return known
}

/** The one place where an agreement becomes verified. */
function asVerified(
  proven: Omit<AgreementProposal, 'organisations'> & {
    readonly organisations: ReadonlyMap<OrganisationId, VerifiedOrganisation>
    readonly now: Instant
  },
): VerifiedAgreement {
  const { agreement, hash, own, anchor, organisations, now } = proven
  const { serviceKeys } = agreement
  const offered: Omit<VerifiedAgreement, typeof verified> = {
    agreement,
    hash,
    own,
    anchor,
    partyOf: (organisation) => agreement.parties.find((party) => party.organisation === organisation) ?? null,
    people: (organisation) => organisations.get(organisation)?.roster.people ?? [],
    rosterOf: (organisation) => organisations.get(organisation)?.roster.reference ?? null,
    rosterExpires: (organisation) => organisations.get(organisation)?.roster.expires ?? null,
    nameOf: (recipient) => nameIn(recipient, organisations.get(recipient.organisation)),
    resolveRecipient: (text, organisation) => {
      const named = resolveRecipient(text, { of: organisations.get(organisation), now })
      refuseRevoked(anchor, named)
      return named
    },
    signerOf: ({ organisation, ...signer }) => {
      const found = organisations.get(organisation)
      return found ? findSigner(found, signer) : null
    },
    scanAuthorityAt: (at) => keysAt(serviceKeys.scanAuthority, at),
    housekeeperAt: (at) => keysAt(serviceKeys.housekeeper, at),
    logKeys: serviceKeys.log,
    promiseKeys: serviceKeys.promise,
  }
  return Object.freeze(offered) as VerifiedAgreement
}

function keysAt(periods: ServiceKeys['scanAuthority'], at: Instant): readonly Fingerprint[] {
  return periods.filter(({ from, until }) => from <= at && at < until).map(({ fingerprint }) => fingerprint)
}

function nameIn(recipient: Recipient, of: VerifiedOrganisation | undefined): string | null {
  const found =
    recipient.kind === 'person'
      ? of?.roster.people.find(({ account }) => account === recipient.account)
      : of?.roster.teams.find(({ id }) => id === recipient.team)
  return found?.name ?? null
}

/** Only people whom the roster makes caseworkers can be sent to. */
function resolveRecipient(
  text: string,
  { of, now }: { readonly of: VerifiedOrganisation | undefined; readonly now: Instant },
): NamedRecipient | null {
  if (!of) return null
  if (of.roster.expires <= now) throw refuse('TRUST_ROSTER_EXPIRED', of.roster.expires)
  const wanted = text.trim().toLowerCase()
  const named = [...namedPeople(of, wanted), ...namedTeams(of, wanted)]
  return named.length === 1 ? named[0]! : null
}

function refuseRevoked({ revoked = [] }: Anchor, named: NamedRecipient | null): void {
  const found = named?.members.find(({ encryptionSubkey }) => revoked.includes(encryptionSubkey))
  if (found) throw refuse('TRUST_KEY_REVOKED', `${found.name}: ${found.encryptionSubkey}`)
}

function namedPeople({ organisation, roster }: VerifiedOrganisation, wanted: string): NamedRecipient[] {
  return roster.people
    .filter((one) => one.email === wanted && isCaseworker(one))
    .map((one) => ({
      recipient: { kind: 'person', organisation, account: one.account },
      name: one.name,
      members: [one],
    }))
}

function namedTeams(of: VerifiedOrganisation, wanted: string): NamedRecipient[] {
  return of.roster.teams
    .filter((team) => team.name.toLowerCase() === wanted)
    .map(({ id, name }) => ({
      recipient: { kind: 'team' as const, organisation: of.organisation, team: id },
      name,
      members: membersOf(of, id).filter(isCaseworker),
    }))
    .filter(({ members }) => members.length > 0)
}

function refuse(code: TrustRefusalCode, saw: string): TrustRefused {
  return new TrustRefused({ code, saw })
}
