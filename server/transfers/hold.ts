// Use cases of holds: an officer places and lifts one, a recipient reports a problem. Rules are in
// domain/transfers/decide-hold.ts.
import { decideHold, decideLiftHold, decideReport, type HoldFacts } from '#domain/transfers/decide-hold.ts'
import type { OfficersReason, Problem } from '#domain/transfers/transfer.ts'
import type { AccountId } from '#domain/values.ts'
import { loadHolders, loadRostered } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { loadOpenHold } from '#store/transfers/holds.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import type { Acting, Asked, TransferOptions } from './acting.ts'

type InWords = Acting & { readonly words: string }

export function holding({ commit }: Pick<TransferOptions, 'commit'>) {
  return {
    hold: ({ caller, idempotency, ...asked }: InWords & { readonly reason: OfficersReason }) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadHoldFacts(tx, { caller, ...asked }),
        decide: (facts, at) => decideHold(facts, asked, at),
      }),
    liftHold: ({ caller, idempotency, ...asked }: InWords) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadHoldFacts(tx, { caller, ...asked }),
        decide: (facts, at) => decideLiftHold(facts, asked, at),
      }),
    report: ({ caller, idempotency, ...asked }: InWords & { readonly problem: Problem }) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadHoldFacts(tx, { caller, ...asked }),
        decide: (facts, at) => decideReport(facts, asked, at),
      }),
  }
}

async function loadHoldFacts(tx: Tx, { caller, transfer }: Asked): Promise<HoldFacts> {
  const found = await loadTransferFacts(tx, transfer)
  const ends = found
    ? [found.transfer.senderOrganisation, ...found.deliveries.map((one) => one.recipient.organisation)]
    : []
  const officers: AccountId[] = []
  for (const organisation of new Set(ends)) {
    const holders = await loadHolders(tx, { organisation, role: 'information-officer' })
    officers.push(...holders.map(({ account }) => account))
  }
  return {
    caller,
    found,
    reader: await loadRostered(tx, caller.actor.account),
    officers,
    placed: await loadOpenHold(tx, transfer),
  }
}
