// Lists of transfers: for people the first page, and how many more there are; for programs, and with --all, every page.
import type { Api } from '#client/api.ts'
import type { approveOperations } from '#contract/transfers/approve.ts'
import type { Place, TransferSummary, viewOperations } from '#contract/transfers/view.ts'
import type { TransferId } from '#domain/values.ts'
import { moreInListWords } from '#words/en/transfers.ts'
import type { Output } from './output.ts'

export interface ListOptions {
  readonly all?: boolean
}

export const allOption = ['--all', 'all of them, not only the first 200'] as const

type ListOperation = typeof viewOperations.sent | typeof viewOperations.inbox | typeof approveOperations.approvals

export interface ListToRead extends ListOptions {
  readonly api: Api
  readonly operation: ListOperation
}

export interface ReadList {
  readonly transfers: readonly TransferSummary[]
  /** How many are not among them. */
  readonly more: number
}

export async function readList(
  { output }: { readonly output: Output },
  { api, operation, all = false }: ListToRead,
): Promise<ReadList> {
  // What is acknowledged while pages are read moves down, and is read twice.
  const transfers = new Map<TransferId, TransferSummary>()
  let before: Place | undefined
  for (;;) {
    const page = await api.call(operation, { query: { before } })
    for (const one of page.transfers) transfers.set(one.transfer, one)
    if (page.next === null || !(all || output.json)) return { transfers: [...transfers.values()], more: page.more }
    before = page.next
  }
}

export function describeMore(more: number, command: 'sent' | 'inbox' | 'approvals'): readonly string[] {
  return more === 0 ? [] : [moreInListWords(more, `safehand ${command} --all`)]
}
