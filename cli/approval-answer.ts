// What an approver answered, by their signature and never by the service's word; and why one is waited for.
import type { Api } from '#client/api.ts'
import type { TransferView } from '#contract/transfers/view.ts'
import { holdWords } from '#words/en/endings.ts'
import { approvalBoundWords } from '#words/en/transfers.ts'
import { trustedAgreement } from './trust/agreements.ts'
import type { Context } from './context.ts'
import { describeScan, readNote } from './collecting/open-transfer.ts'

/** Throws TrustRefused when the answer does not hold. */
export async function describeAnswer(
  context: Context,
  { api, view }: { readonly api: Api; readonly view: TransferView },
): Promise<readonly string[]> {
  if (view.approval === null) {
    if (view.state !== 'awaiting-approval') return []
    return [
      ...(view.held ? [holdWords[view.held.reason]] : []),
      ...(view.approvalFor ? [`${approvalBoundWords[view.approvalFor]}.`] : []),
    ]
  }
  const now = context.io.now()
  const { id, version } = view.agreement
  const agreement = await trustedAgreement(context, { api, id, version, toRead: true })
  const note = await readNote({ agreement, transfer: view.transfer, view, now })
  return (await describeScan({ agreement, note, view, now })).text
}
