// Use case: what was sent is taken back (ARCHITECTURE.md#recall). Rules are in domain/transfers/decide-recall.ts.
import { endingOperations } from '#contract/transfers/endings.ts'
import { decideRecall } from '#domain/transfers/decide-recall.ts'
import { loadRostered } from '#store/rosters.ts'
import { loadPolicyOf, loadTransferFacts } from '#store/transfers/facts.ts'
import { asDecided, useCase } from '../use-case.ts'

export const recall = useCase(endingOperations.recall, {
  load: async (tx, { caller, transfer }) => {
    const found = await loadTransferFacts(tx, transfer)
    const reader = await loadRostered(tx, caller.actor.account)
    return { caller, found, reader, policy: found ? await loadPolicyOf(tx, found) : null }
  },
  decide: decideRecall,
  present: asDecided,
})
