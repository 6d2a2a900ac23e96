// Did each party sign exactly this version of the agreement? By the SIRO of the roster that the signature names, with the
// key that stands there, once.
import { type AgreementDocuments, decodeSigned } from '#contract/documents.ts'
import type { Agreement } from '#domain/agreements/agreement.ts'
import { type AgreementSignature, agreementSignature } from '#domain/agreements/signature.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import type { RosterReference } from '#domain/organisations/roster.ts'
import { isAhead, isNear, isOver } from '#domain/time.ts'
import type { AccountId, Instant, OrganisationId, Sha256Hex } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { refuse } from './read-signed.ts'
import type { VerifiedOrganisation } from './verify-organisation.ts'
import type { VerifiedPerson } from './verify-rosters.ts'

/** Who signed something: named by account and by the roster they stood in. */
export interface PastSigner {
  readonly organisation: OrganisationId
  readonly account: AccountId
  readonly roster: RosterReference
  /** When, by their own word: within the life of that roster. */
  readonly at: Instant
}

interface SignatureToVerify {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly documents: AgreementDocuments
  readonly now: Instant
  readonly organisation: VerifiedOrganisation
}

export async function verifyPartySignature(input: SignatureToVerify): Promise<void> {
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

/** The person as they stood in the roster that the signature names, made while it was current; null when they did not. */
export function findSigner(
  organisation: VerifiedOrganisation,
  { account, roster, at }: Omit<PastSigner, 'organisation'>,
): VerifiedPerson | null {
  const stood = organisation.rosters.get(roster.hash)
  if (!stood || stood.reference.sequence !== roster.sequence) return null
  if (isAhead(stood.issued, at) || isOver(stood.expires, at)) return null
  return stood.people.find((one) => one.account === account) ?? null
}
