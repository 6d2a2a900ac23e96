// Use cases of a team: one of its members takes a transfer, so that the others see who has it, and gives it back.
// Rules are in domain/transfers/decide-take.ts.
import { decideGiveBack, decideTake } from '#domain/transfers/decide-take.ts'
import type { AccountId } from '#domain/values.ts'
import { loadRostered } from '#store/agreements.ts'
import type { Tx } from '#store/database.ts'
import { loadTransferFacts } from '#store/transfers.ts'
import { type Acting, type Asked, done, type TransferOptions } from './acting.ts'

export function taking({ commit }: Pick<TransferOptions, 'commit'>) {
  return {
    take: ({ from, ...act }: Acting & { readonly from: AccountId | null }) =>
      done(
        commit({
          ...act,
          load: (tx) => loadTaking(tx, act),
          decide: (facts, at) => decideTake(facts, { transfer: act.transfer, from }, at),
        }),
      ),
    giveBack: (act: Acting) =>
      done(
        commit({
          ...act,
          load: (tx) => loadTaking(tx, act),
          decide: (facts) => decideGiveBack(facts, act.transfer),
        }),
      ),
  }
}

async function loadTaking(tx: Tx, { caller, transfer }: Asked) {
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
