// Use cases of a team: one of its members takes a transfer, so that the others see who has it, and gives it back.
// Rules are in shared/domain/transfers/decide-take.ts.
import { collectOperations } from '#contract/transfers/collect.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { decideGiveBack, decideTake } from '#domain/transfers/decide-take.ts'
import type { AccountId, TransferId } from '#domain/values.ts'
import { loadRostered } from '#store/agreements.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Tx } from '#store/database.ts'
import { loadTransferFacts } from '#store/transfers.ts'
import { type Route, route } from '../http/route.ts'

interface Acting {
  readonly caller: PersonCaller
  readonly idempotency: Idempotency
  readonly transfer: TransferId
}

export interface TakeService {
  take(act: Acting & { readonly from: AccountId | null }): Promise<Outcome<Record<string, never>>>
  giveBack(act: Acting): Promise<Outcome<Record<string, never>>>
}

export function createTakeService({ commit }: { readonly commit: Commit }): TakeService {
  return {
    async take({ caller, idempotency, transfer, from }) {
      const outcome = await commit({
        caller,
        idempotency,
        load: (tx) => loadTaking(tx, { caller, transfer }),
        decide: (facts, at) => decideTake(facts, { transfer, from }, at),
      })
      return outcome.ok ? { ...outcome, next: {} } : outcome
    },

    async giveBack({ caller, idempotency, transfer }) {
      const outcome = await commit({
        caller,
        idempotency,
        load: (tx) => loadTaking(tx, { caller, transfer }),
        decide: (facts) => decideGiveBack(facts, transfer),
      })
      return outcome.ok ? { ...outcome, next: {} } : outcome
    },
  }
}

export function takeRoutes(service: TakeService): Route[] {
  return [
    route(collectOperations.take, ({ caller, idempotency, params, body }) =>
      service.take({ caller, idempotency, ...params, ...body }),
    ),
    route(collectOperations.giveBack, ({ caller, idempotency, params }) =>
      service.giveBack({ caller, idempotency, ...params }),
    ),
  ]
}

async function loadTaking(
  tx: Tx,
  { caller, transfer }: { readonly caller: PersonCaller; readonly transfer: TransferId },
) {
  const found = await loadTransferFacts(tx, transfer)
  const takers = new Set(found?.deliveries.flatMap(({ takenBy }) => takenBy ?? []))
  const holders = await Promise.all([...takers].map((account) => loadRostered(tx, account)))
  return {
    caller,
    found,
    reader: await loadRostered(tx, caller.actor.account),
    holders: holders.filter((holder) => holder !== null),
  }
}
