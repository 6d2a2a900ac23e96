// A signatory's signature under an agreement: over what was verified under the own anchor, never what the service says.
import { type AgreementDocuments, encodeSigned } from '#contract/documents.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { agreementSignature } from '#domain/agreements/signature.ts'
import { encodeDocument, type SignedBytes } from '#domain/document.ts'
import type { AccountId, AgreementId, Instant } from '#domain/values.ts'
import type { Api } from '../api.ts'
import type { Anchor } from './anchor.ts'
import type { KeyHolder } from './key-holder.ts'
import { TrustRefused } from './trust-refused.ts'
import { type AgreementProposal, type VerifiedAgreement, verifyAgreement, verifyProposal } from './verify-agreement.ts'
import type { VerifiedPerson } from './verify-rosters.ts'

/** The person as the roster that was verified just now has them; null when it does not make them SIRO. */
export function signatoryIn({ own, organisations }: AgreementProposal, account: AccountId): VerifiedPerson | null {
  const person = organisations.get(own)?.roster.people.find((one) => one.account === account)
  return person?.roles.includes('siro') ? person : null
}

interface Signing {
  readonly proposal: AgreementProposal
  /** Of `signatoryIn`; `key` is the one that the roster names for them. */
  readonly signatory: VerifiedPerson
  readonly key: KeyHolder
  readonly at: Instant
}

/** Names the roster in which the signer stands as SIRO with exactly this key. */
export async function signProposal(signing: Signing): Promise<SignedBytes> {
  const { proposal, signatory, key, at } = signing
  const { agreement, hash, own, organisations } = proposal
  const roster = organisations.get(own)?.roster
  if (!roster?.people.includes(signatory)) throw new TypeError('the signatory stands in the roster of the proposal')
  const bytes = encodeDocument(agreementSignature, {
    type: 'safehand.agreement-signature/1',
    origin: agreement.origin,
    agreement: { id: agreement.id, version: agreement.version, hash },
    organisation: own,
    role: 'siro',
    account: signatory.account,
    fingerprint: signatory.certificate,
    at,
    roster: roster.reference,
  })
  return { bytes, signature: await key.sign({ bytes, at }) }
}

/** Gives the service the signature; says which parties have not signed yet. */
export async function registerSignature(
  { api, id }: { readonly api: Api; readonly id: AgreementId },
  signed: SignedBytes,
) {
  return api.call(agreementOperations.sign, { params: { agreement: id }, body: encodeSigned(signed) })
}

interface Showing {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
}

/**
 * An agreement as it stands; `missing`: who has not signed, null when everybody has. A missing signature is no lie while
 * an agreement is being signed; everything else is. Throws TrustRefused.
 */
export async function verifyAsFarAsSigned({
  anchor,
  documents,
  now,
}: Showing): Promise<
  Pick<VerifiedAgreement, 'agreement' | 'hash' | 'own' | 'anchor'> & { readonly missing: string | null }
> {
  try {
    return { ...(await verifyAgreement(anchor, documents, now)), missing: null }
  } catch (error) {
    if (!(error instanceof TrustRefused) || error.code !== 'TRUST_AGREEMENT_NOT_SIGNED') throw error
    return { ...(await verifyProposal(anchor, documents, now)), missing: error.saw }
  }
}
