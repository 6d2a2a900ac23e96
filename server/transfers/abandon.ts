// Use case: a sender gives up what was not handed over.
import { decideAbandon } from '#domain/transfers/decide-abandon.ts'
import { loadTransferFacts } from '#store/transfers.ts'
import type { Acting, TransferOptions } from './acting.ts'

export function abandoning({ commit }: Pick<TransferOptions, 'commit'>) {
  return {
    abandon: ({ caller, idempotency, transfer }: Acting) =>
      commit({
        caller,
        idempotency,
        load: async (tx) => ({ caller, found: await loadTransferFacts(tx, transfer) }),
        decide: (facts, at) => decideAbandon(facts, transfer, at),
      }),
  }
}
