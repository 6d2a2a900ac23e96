// A receipt as the sender believes it: signed by somebody of the recipients' organisations, who stood in their roster then,
// for this transfer and this very note (ARCHITECTURE.md#acknowledge).
import { parseDocument } from '#domain/document.ts'
import { type Receipt, receipt } from '#domain/transfers/documents/receipt.ts'
import { type Claim, verifyAttestation } from './attestation.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedVerdict } from './verify-verdict.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface VerifiedReceipt {
  readonly receipt: Receipt
  readonly signer: VerifiedPerson
}

export interface ReceiptClaim extends Claim {
  /** As the client that verifies sees it; the recipient must have seen the same. */
  readonly verdict: Pick<VerifiedVerdict, 'hash' | 'verdict'>
}

/** Throws TrustRefused TRUST_RECEIPT. */
export async function verifyReceipt({ verdict, ...claim }: ReceiptClaim): Promise<VerifiedReceipt> {
  const { agreement, note } = claim
  const organisations = new Set(note.note.recipients.map(({ organisation }) => organisation))
  const { value, signer } = await verifyAttestation(claim, {
    parse: (bytes) => parseDocument(receipt, bytes),
    code: 'TRUST_RECEIPT',
    signerOf: ({ account, roster, at, fingerprint }) =>
      [...organisations]
        .map((organisation) => agreement.signerOf({ organisation, account, roster, at }))
        .find((one) => one?.certificate === fingerprint),
  })
  if (value.verdict !== verdict.hash || value.scanned !== (verdict.verdict === 'clean')) {
    throw new TrustRefused({ code: 'TRUST_RECEIPT', saw: `a receipt for verdict ${value.verdict}` })
  }
  return { receipt: value, signer }
}
