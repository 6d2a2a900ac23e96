// Whose agreement is it, and who are its parties? It is of the pinned origin and names our own root, or one of its chain;
// each other party is the organisation under the root that the agreement names for it. Signatures are verified elsewhere:
// until ours is, no partner's root is believed.
import type { AgreementDocuments, OrganisationDocuments } from '#contract/documents.ts'
import { type Agreement, agreement as agreementModel, type Party } from '#domain/agreements/agreement.ts'
import { contradictionIn } from '#domain/agreements/consistency.ts'
import { parseDocument } from '#domain/document.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { type Anchor, seenOf } from './anchor.ts'
import { digestOf, refuse } from './read-signed.ts'
import type { TrustRefused } from './trust-refused.ts'
import { type VerifiedOrganisation, verifyOrganisation } from './verify-organisation.ts'

export interface ReadAgreement {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly ownParty: Party
}

export async function readAgreement(anchor: Anchor, documents: AgreementDocuments): Promise<ReadAgreement> {
  const bytes = Uint8Array.fromBase64(documents.agreement.bytes)
  const parsed = parseDocument(agreementModel, bytes)
  if (!parsed.ok) throw refuse('TRUST_DOCUMENT', parsed.reason)
  const agreement = parsed.value
  if (agreement.origin !== anchor.origin) throw refuse('TRUST_ORIGIN', agreement.origin)
  const contradiction = contradictionIn(agreement)
  if (contradiction) throw refuse('TRUST_AGREEMENT', `${contradiction.clause}: ${contradiction.reason}`)
  return {
    agreement,
    hash: await digestOf(bytes),
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
  return refuse('TRUST_AGREEMENT_NOT_OURS', parties.map(({ name }) => name).join(', '))
}

interface OwnToVerify extends ReadAgreement {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
}

/** From the pinned root. The agreement names it, one that led to it, or one that it led to. */
export async function verifyOwn({ agreement, ownParty, anchor, ...rest }: OwnToVerify): Promise<VerifiedOrganisation> {
  const { root } = anchor
  const own = await verifyParty({ ...rest, anchor, party: { ...ownParty, root }, isOwn: true })
  if (!own.statements.roots.has(ownParty.root)) throw notOurs(agreement)
  return own
}

interface PartyToVerify {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
  readonly party: Party
  readonly isOwn?: true
  readonly forgiveExpiry?: true
}

export function verifyParty({ anchor, documents, now, party, ...how }: PartyToVerify): Promise<VerifiedOrganisation> {
  const { organisation, root } = party
  const seen = seenOf(anchor, organisation)
  const expected = { origin: anchor.origin, root, organisation, seen, now, ...how }
  return verifyOrganisation(expected, onlyDocumentsOf(documents, party))
}

function onlyDocumentsOf({ organisations }: AgreementDocuments, { organisation, name }: Party): OrganisationDocuments {
  const found = organisations.filter((documents) => documents.organisation === organisation)
  const [only] = found
  if (!only || found.length > 1) throw refuse('TRUST_ORGANISATION', `${found.length} sets of documents of ${name}`)
  return only
}
