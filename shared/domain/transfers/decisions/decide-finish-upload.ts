// A body has arrived whole: its digest is fixed, once, whoever says so again (ARCHITECTURE.md#upload).
import type { Caller } from '../../caller.ts'
import type { FileId, Instant, Sha256Hex, TransferId } from '../../values.ts'
import type { Decision } from '../changes.ts'
import { inAgreement, refuseParty, refuseStranger } from '../entries.ts'
import type { TransferFacts } from '../transfer.ts'

export interface FinishedUpload {
  readonly transfer: TransferId
  readonly file: FileId
  readonly length: number
  readonly bodyDigest: Sha256Hex
}

/** `caller` is the sender, who is known by the upload token alone. */
export function decideFinishUpload(
  facts: { readonly caller: Caller; readonly found: TransferFacts | undefined },
  upload: FinishedUpload,
  at: Instant,
): Decision<null> {
  const event = 'file.uploaded'
  const { caller, found } = facts
  const file = found?.files.find(({ id }) => id === upload.file)
  if (!found || !file) return refuseStranger({ event, caller, transfer: upload.transfer })
  const { transfer } = found
  const open = transfer.state === 'draft' || transfer.state === 'uploading'
  if (!open || file.bodyDigest !== null || file.length !== upload.length) {
    return refuseParty({ event, transfer, refusal: { code: 'UPLOAD_REFUSED' } })
  }
  return {
    next: null,
    changes: [
      { kind: 'transfers.finish-upload', transfer: transfer.id, file: file.id, bodyDigest: upload.bodyDigest, at },
      ...(transfer.state === 'draft'
        ? [{ kind: 'transfers.enter', transfer: transfer.id, state: 'uploading', at } as const]
        : []),
    ],
    event: {
      event,
      ...inAgreement(transfer),
      detail: { file: file.id, length: file.length, bodyDigest: upload.bodyDigest },
    },
    jobs: [],
  }
}
