// Lists of transfers as rows of words: what was sent, what came in, what waits for an approver.
import type { TransferSummary } from '#contract/transfers/view.ts'
import { dateInWords } from '#words/en/dates.ts'
import { describeHolder, recipientName } from './deliveries.ts'
import type { Names } from './names.ts'
import { nameSummary, senderInWords } from './transfer.ts'

export type ListName = 'sent' | 'inbox' | 'approvals'

/** With names beside the ids. An inbox shows its reader what is addressed to them alone. */
export function nameListed(one: TransferSummary, { names, list }: { readonly names: Names; readonly list: ListName }) {
  const shown = list === 'inbox' ? one.deliveries.filter(({ recipient }) => names.isMine(recipient)) : one.deliveries
  const to = shown.map((delivery) => ({
    name: recipientName(delivery, names),
    holder: describeHolder(delivery, names),
  }))
  return { ...nameSummary(one, names), to }
}
export type Listed = ReturnType<typeof nameListed>

/** Heads first. */
export function listRows(transfers: readonly Listed[], list: 'sent' | 'inbox'): readonly (readonly string[])[] {
  const from = list === 'inbox'
  const head = ['transfer', ...(from ? ['from'] : []), 'to', 'reference', 'state', 'with', 'begun', 'until']
  return [
    head,
    ...transfers.map((one) => [
      one.transfer,
      ...(from ? [senderInWords(one)] : []),
      one.to.map(({ name }) => name).join(', '),
      one.caseReference ?? '',
      one.state,
      one.to.map(({ holder }) => holder).join(', '),
      dateInWords(one.createdAt),
      dateInWords(one.expiresAt),
    ]),
  ]
}
