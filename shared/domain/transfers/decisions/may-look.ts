// Who may look at a transfer: its sender and their officers, officers of either side, readers, and approvers who may
// release it.
import type { Rostered } from '../../policy/facts.ts'
import type { Known, ReadFacts } from './act.ts'
import { mayHold } from './decide-hold.ts'
import { mayRecall } from './decide-recall.ts'
import { isAddressedTo } from '../delivery.ts'
import type { TransferFacts } from '../transfer.ts'

export function mayLook({ caller, found, reader }: Known<ReadFacts>): boolean {
  return (
    mayRecall(found.transfer, { caller, reader }) ||
    mayHold(found, reader) ||
    isAddressedTo(found, reader) ||
    isForApprover(found, reader)
  )
}

/** What waits for two people is the business of the sending organisation's approvers; of who answered, also afterwards. */
function isForApprover({ transfer, approval }: TransferFacts, reader: Rostered | null): boolean {
  const approver = reader?.roles.includes('approver') && reader.organisation === transfer.senderOrganisation
  return approver === true && (transfer.held !== null || approval?.by === reader?.account)
}
