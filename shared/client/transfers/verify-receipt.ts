// A receipt as the sender believes it: signed by somebody of the recipients' organisations, who stood in their roster then,
// for this transfer and this very note (ARCHITECTURE.md#acknowledge).
import { parseDocument } from '#domain/document.ts'
import { type Receipt, receipt } from '#domain/transfers/documents/receipt.ts'
import { type Claim, verifyAttestation } from './attestation.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface VerifiedReceipt {
  readonly receipt: Receipt
  readonly signer: VerifiedPerson
}

/** Throws TrustRefused TRUST_RECEIPT. */
export async function verifyReceipt(claim: Claim): Promise<VerifiedReceipt> {
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
  return { receipt: value, signer }
}
