// Acknowledge: the recipient signs that the transfer with this note arrived (ARCHITECTURE.md#acknowledge). Only for a
// note that was verified here; and before it, `opened`: this client's own word that the files were opened.
import type { SignedDocument } from '#contract/documents.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { encodeDocument } from '#domain/document.ts'
import { receipt } from '#domain/transfers/documents/receipt.ts'
import type { TransferId } from '#domain/values.ts'
import type { VerifiedVerdict } from '../transfers/verify-verdict.ts'
import { signAttestation, type Signing } from '../transfers/attestation.ts'
import { type Api, RefusedByServer } from '../api.ts'

export interface Acknowledging extends Signing {
  /** By which it could be collected. */
  readonly verdict: Pick<VerifiedVerdict, 'hash' | 'verdict'>
}

/** False: the service has no record that all of it was given here, as after it was killed. Throws RefusedByServer, ServerUnreachable. */
export async function reportOpened({ api, note }: Pick<Acknowledging, 'api' | 'note'>): Promise<boolean> {
  try {
    await api.call(collectOperations.opened, { params: { transfer: note.note.transfer } })
    return true
  } catch (error) {
    if (error instanceof RefusedByServer && error.code === 'FETCH_INCOMPLETE') return false
    throw error
  }
}

/** Without a signature: for a key that is used by hand. Throws RefusedByServer, ServerUnreachable. */
export async function acknowledgeUnsigned(api: Api, transfer: TransferId): Promise<void> {
  await api.call(collectOperations.acknowledge, { params: { transfer }, body: { receipt: null } })
}

/** Gives the signed receipt, for the person to keep. Throws RefusedByServer, ServerUnreachable. */
export async function acknowledge({ verdict, ...signing }: Acknowledging): Promise<SignedDocument> {
  const { transfer } = signing.note.note
  const scanned = verdict.verdict === 'clean'
  const signed = await signAttestation(signing, (about) =>
    encodeDocument(receipt, { type: 'safehand.receipt/2', ...about, verdict: verdict.hash, scanned }),
  )
  await signing.api.call(collectOperations.acknowledge, { params: { transfer }, body: { receipt: signed } })
  return signed
}
