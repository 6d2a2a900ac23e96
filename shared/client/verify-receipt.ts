// A receipt as the sender believes it: signed by somebody of the recipients' organisations, who stood in their roster then,
// for this transfer and this very note (DESIGN 5, 4.7).
import { decodeSigned, type SignedDocument } from '#contract/documents.ts'
import { parseDocument } from '#domain/document.ts'
import { type Receipt, receipt } from '#domain/transfers/receipt.ts'
import type { Instant } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { TrustRefused } from './trust-refused.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from './verify-organisation.ts'

export interface ReceiptClaim {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly document: SignedDocument
  readonly now: Instant
}

export interface VerifiedReceipt {
  readonly receipt: Receipt
  readonly signer: VerifiedPerson
}

/** Throws TrustRefused TRUST_RECEIPT. */
export async function verifyReceipt({ agreement, note, document, now }: ReceiptClaim): Promise<VerifiedReceipt> {
  const signed = decodeSigned(document)
  const parsed = parseDocument(receipt, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  const isAbout = value.origin === agreement.agreement.origin && value.transfer === note.note.transfer
  if (!isAbout || value.note !== note.hash) throw refuse(`a receipt of transfer ${value.transfer}, note ${value.note}`)
  const { account, roster, at } = value
  const organisations = new Set(note.note.recipients.map(({ organisation }) => organisation))
  const signers = [...organisations].map((organisation) => agreement.signerOf({ organisation, account, roster, at }))
  const signer = signers.find((one) => one?.certificate === value.fingerprint)
  if (!signer) throw refuse(`signer ${account}`)
  const found = await verifyDetached({ ...signed, certificate: signer.certificateBytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  return { receipt: value, signer }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_RECEIPT', saw })
}
