// Use case: a sender gives up what was not handed over.
import { sendOperations } from '#contract/transfers/send.ts'
import { decideAbandon } from '#domain/transfers/decisions/decide-abandon.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import { asDecided, useCase } from '../use-case.ts'

export const abandon = useCase(sendOperations.abandon, {
  load: async (tx, { caller, transfer }) => ({ caller, found: await loadTransferFacts(tx, transfer) }),
  decide: decideAbandon,
  present: asDecided,
})
