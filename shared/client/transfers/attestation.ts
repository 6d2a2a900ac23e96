// What a person signs about a transfer by its verified note, from both ends (ARCHITECTURE.md#attestation): they sign a
// receipt, an approval or a destruction statement; whoever is shown one believes it by the roster that it names, and
// not by the service's word.
import { decodeSigned, encodeSigned, type SignedDocument } from '#contract/documents.ts'
import type { ParsedDocument } from '#domain/document.ts'
import type { Attestation } from '#domain/transfers/documents/attestation.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import type { Bytes, Instant } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import type { Api } from '../api.ts'
import type { KeyHolder } from '../trust/key-holder.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface Signing {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly key: KeyHolder
  readonly note: VerifiedNote
  readonly now: () => Instant
}

/** `encode` adds what this document says beside what all of them say. */
export async function signAttestation(
  { agreement, person, key, note, now }: Omit<Signing, 'api'>,
  encode: (about: Attestation) => Bytes,
): Promise<SignedDocument> {
  const roster = agreement.rosterOf(agreement.own)
  if (!roster) throw new TypeError('a verified agreement has the own roster')
  const at = now()
  const bytes = encode({
    origin: agreement.agreement.origin,
    transfer: note.note.transfer,
    note: note.hash,
    account: person.account,
    fingerprint: person.certificate,
    at,
    roster,
  })
  return encodeSigned({ bytes, signature: await key.sign({ bytes, at }) })
}

export interface Claim {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly document: SignedDocument
  readonly now: Instant
}

interface Believing<T> {
  readonly parse: (bytes: Uint8Array) => ParsedDocument<T>
  /** Of what does not hold. */
  readonly code: TrustRefusalCode
  /** Who says to have signed it, where they were somebody who may. */
  readonly signerOf: (said: T) => VerifiedPerson | null | undefined
}

/** Throws TrustRefused. */
export async function verifyAttestation<T extends Attestation>(
  { agreement, note, document, now }: Claim,
  { parse, code, signerOf }: Believing<T>,
): Promise<{ readonly value: T; readonly signer: VerifiedPerson }> {
  const refuse = (saw: string) => new TrustRefused({ code, saw })
  const signed = decodeSigned(document)
  const parsed = parse(signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  const isAbout = value.origin === agreement.agreement.origin && value.transfer === note.note.transfer
  if (!isAbout || value.note !== note.hash) throw refuse(`one about transfer ${value.transfer}, note ${value.note}`)
  const signer = signerOf(value)
  if (signer?.certificate !== value.fingerprint) throw refuse(`signer ${value.account}, ${value.fingerprint}`)
  const found = await verifyDetached({ ...signed, certificate: signer.certificateBytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  return { value, signer }
}
