// Use case: what was sent is taken back (ARCHITECTURE.md#recall). Rules are in domain/transfers/decisions/decide-recall.ts.
import { endingOperations } from '#contract/transfers/endings.ts'
import { decideRecall } from '#domain/transfers/decisions/decide-recall.ts'
import { loadAgreementFactsOf } from '#store/transfers/facts.ts'
import { asDecided, useCase } from '../use-case.ts'
import { loadReader } from './facts.ts'

export const recall = useCase(endingOperations.recall, {
  load: async (tx, asked) => {
    const reading = await loadReader(tx, asked)
    return { ...reading, agreementFacts: reading.found ? await loadAgreementFactsOf(tx, reading.found) : null }
  },
  decide: decideRecall,
  present: asDecided,
})
