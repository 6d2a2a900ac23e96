// Use case: a sender gives up what was not handed over.
import { decideAbandon } from '#domain/transfers/decide-abandon.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { TransferId } from '#domain/values.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import { loadTransferFacts } from '#store/transfers.ts'

export interface Abandoning {
  readonly caller: PersonCaller
  readonly idempotency: Idempotency
  readonly transfer: TransferId
}

export function abandonTransfer(
  commit: Commit,
  { caller, idempotency, transfer }: Abandoning,
): Promise<Outcome<Record<string, never>>> {
  return commit({
    caller,
    idempotency,
    load: async (tx) => ({ caller, found: await loadTransferFacts(tx, transfer) }),
    decide: (facts, at) => decideAbandon(facts, transfer, at),
  })
}
