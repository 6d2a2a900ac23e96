// The housekeeper's destruction certificate, as either side verifies it: by a key that the signed agreement lists, about
// this transfer and this note (ARCHITECTURE.md#destruction-certificate). It says nothing about copies that were
// fetched.
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { parseDocument } from '#domain/document.ts'
import {
  type DestructionCertificate,
  destructionCertificate,
} from '#domain/transfers/documents/destruction-certificate.ts'
import { type Instant, sha256Hex, type TransferId } from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { Api } from '../api.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'

export interface CertificateToFetch {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly transfer: TransferId
  /** The dispatch note that the client has seen; null when it was never handed over. */
  readonly note: SignedDocument | null
  readonly now: Instant
}

export interface FetchedCertificate {
  readonly certificate: DestructionCertificate
  readonly signed: SignedDocument
  /** The housekeeper's OpenPGP certificate, so that any program can check it. */
  readonly housekeeper: string
}

/** Throws TrustRefused TRUST_DESTRUCTION, RefusedByServer, ServerUnreachable. */
export async function fetchDestructionCertificate(of: CertificateToFetch): Promise<FetchedCertificate> {
  const { api, agreement, transfer, now } = of
  const reply = await api.call(endingOperations.destructionCertificate, { params: { transfer } })
  const signed = decodeSigned(reply.certificate)
  const parsed = parseDocument(destructionCertificate, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  if (value.origin !== agreement.agreement.origin || value.transfer !== transfer) {
    throw refuse(`a certificate of transfer ${value.transfer}`)
  }
  if (value.agreement.hash !== agreement.hash) throw refuse(`agreement ${value.agreement.hash}`)
  const note = of.note && sha256Hex.parse(await sha256(decodeSigned(of.note).bytes))
  if (value.note !== note) throw refuse(`note ${value.note}`)
  const bytes = Uint8Array.fromBase64(reply.housekeeper.certificate)
  const key = await inspectNow(bytes, now)
  const by = key.ok ? key.certificate.fingerprint : 'unreadable'
  const trusted: readonly string[] = agreement.housekeeperAt(value.at)
  if (by !== value.fingerprint || !trusted.includes(by)) throw refuse(`housekeeper ${by}`)
  const found = await verifyDetached({ ...signed, certificate: bytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  return { certificate: value, signed: reply.certificate, housekeeper: reply.housekeeper.certificate }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_DESTRUCTION', saw })
}
