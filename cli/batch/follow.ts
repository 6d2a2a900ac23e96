// What became of what a list sent, file by file: where it stands, who collected and acknowledged it when. Signed receipts are
// verified before they are kept; everything else is the service's word.
import { join } from 'node:path'
import type { Api } from '#client/api.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import { lookAtTransfer } from '#client/transfers/look.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { encodeCsv } from './report.ts'
import type { BatchRow } from '#client/batch/rows.ts'

export interface Following {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly now: () => Instant
  /** Where verified receipts go. */
  readonly receipts: string
}

/** As the service shows it, and the file with the receipts that hold; null: nobody has signed one. */
export interface Followed {
  readonly view: TransferView
  readonly receipts: string | null
}

/** Throws TrustRefused TRUST_NOTE, TRUST_RECEIPT: what does not hold is not kept. */
export async function followTransfer(following: Following, transfer: TransferId): Promise<Followed> {
  const { api, agreement, now, receipts: folder } = following
  const look = await lookAtTransfer({ api, transfer, trust: async () => agreement, now })
  const { view } = look
  const receipts = await look.receipts()
  if (receipts.length === 0) return { view, receipts: null }
  await makePrivateFolder(folder)
  const place = join(folder, `${transfer}.json`)
  await writePrivate(place, `${JSON.stringify({ note: view.note, receipts: view.receipts }, null, 2)}\n`)
  return { view, receipts: place }
}

export interface FollowedRow {
  readonly row: BatchRow
  /** Null: not sent yet. */
  readonly followed: Followed | null
}

export function encodeFollowed(rows: readonly FollowedRow[], agreement: VerifiedAgreement): string {
  const columns = ['row', 'id', 'file', 'transfer', 'state', 'recipient', 'collected', 'acknowledged', 'receipts']
  const lines = rows.flatMap(({ row: { row, id, file }, followed }) => {
    if (!followed) return [[row, id, file, null, 'not sent', null, null, null, null]]
    const { view, receipts } = followed
    return view.deliveries.map(({ recipient, collectedAt, acknowledgedAt }) => {
      const to = agreement.nameOf(recipient) ?? (recipient.kind === 'person' ? recipient.account : recipient.team)
      return [row, id, file, view.transfer, view.state, to, collectedAt, acknowledgedAt, receipts]
    })
  })
  return encodeCsv(columns, lines)
}
