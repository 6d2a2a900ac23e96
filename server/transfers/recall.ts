// Use case: what was sent is taken back (ARCHITECTURE.md#recall). Rules are in domain/transfers/decide-recall.ts.
import { decideRecall } from '#domain/transfers/decide-recall.ts'
import { loadRostered } from '#store/agreements.ts'
import { loadPolicyOf, loadTransferFacts } from '#store/transfers.ts'
import type { Acting, TransferOptions } from './acting.ts'

export function recalling({ commit }: Pick<TransferOptions, 'commit'>) {
  return {
    recall: ({ caller, idempotency, transfer, reason }: Acting & { readonly reason: string }) =>
      commit({
        caller,
        idempotency,
        load: async (tx) => {
          const found = await loadTransferFacts(tx, transfer)
          return {
            caller,
            found,
            reader: await loadRostered(tx, caller.actor.account),
            policy: found ? await loadPolicyOf(tx, found) : null,
          }
        },
        decide: (facts, at) => decideRecall(facts, { transfer, reason }, at),
      }),
  }
}
