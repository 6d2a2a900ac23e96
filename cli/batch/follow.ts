// What became of what a list sent, file by file: where it stands, who collected and acknowledged it when. All that was signed
// of it is verified first, and signed receipts are kept; how far it is, and who fetched it, is the service's word.
import { join } from 'node:path'
import type { Api } from '#client/api.ts'
import type { AgreementWanted } from '#client/trust/fetch-agreement.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import { lookAtTransfer } from '#client/transfers/look.ts'
import { readSigned } from '#client/transfers/read-signed.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { encodeCsv } from './report.ts'
import type { BatchRow } from '#client/batch/rows.ts'

export interface Following {
  readonly api: Api
  /** Each was sent under its own version. */
  readonly trust: (wanted: AgreementWanted) => Promise<VerifiedAgreement>
  readonly now: () => Instant
  /** Where verified receipts go. */
  readonly receipts: string
}

/** As the service shows it, and the file with the receipts that hold; null: nobody has signed one. */
export interface Followed {
  readonly view: TransferView
  readonly agreement: VerifiedAgreement
  readonly receipts: string | null
}

/** Throws TrustRefused: what does not hold is not kept. */
export async function followTransfer(following: Following, transfer: TransferId): Promise<Followed> {
  const { api, trust, now, receipts: folder } = following
  const look = await lookAtTransfer({ api, transfer, trust, now })
  const { view } = look
  const [agreement, { receipts }] = [await look.agreement(), await readSigned(look)]
  if (receipts.length === 0) return { view, agreement, receipts: null }
  await makePrivateFolder(folder)
  const place = join(folder, `${transfer}.json`)
  await writePrivate(place, `${JSON.stringify({ note: view.note, receipts: view.receipts }, null, 2)}\n`)
  return { view, agreement, receipts: place }
}

export interface FollowedRow {
  readonly row: BatchRow
  /** Null: not sent yet. */
  readonly followed: Followed | null
}

export function encodeFollowed(rows: readonly FollowedRow[]): string {
  const columns = ['row', 'id', 'file', 'transfer', 'state', 'recipient', 'collected', 'acknowledged', 'receipts']
  const lines = rows.flatMap(({ row: { row, id, file }, followed }) => {
    if (!followed) return [[row, id, file, null, 'not sent', null, null, null, null]]
    const { view, agreement, receipts } = followed
    return view.deliveries.map(({ recipient, collectedAt, acknowledgedAt }) => {
      const to = agreement.nameOf(recipient) ?? (recipient.kind === 'person' ? recipient.account : recipient.team)
      return [row, id, file, view.transfer, view.state, to, collectedAt, acknowledgedAt, receipts]
    })
  })
  return encodeCsv(columns, lines)
}
