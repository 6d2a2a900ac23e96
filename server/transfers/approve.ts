// Use case: an approver, not the sender, answers for what waits for two people. Rules are in domain/transfers/decisions/decide-approve.ts.
import { approveOperations } from '#contract/transfers/approve.ts'
import { approval as model } from '#domain/transfers/documents/approval.ts'
import { decideApprove } from '#domain/transfers/decisions/decide-approve.ts'
import { done, useCase } from '../use-case.ts'
import { loadPeople, loadReader, loadSigner, readSigned } from './facts.ts'

export const approve = useCase(approveOperations.approve, {
  prepare: ({ caller, transfer, approval }) => ({ caller, transfer, ...readSigned(model, approval) }),
  load: async (tx, given, adapters) => {
    const reading = await loadReader(tx, given)
    const signing = await loadSigner(tx, given, adapters)
    return { ...reading, ...signing, people: await loadPeople(tx, reading) }
  },
  decide: decideApprove,
  present: done,
})
