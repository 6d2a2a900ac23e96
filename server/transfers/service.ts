// Use cases of transfers, each in the file of its name: read what a decision needs, hash and verify, decide, present
// (ARCHITECTURE.md#the-life-of-a-transfer). Rules are in domain/transfers; the only writing is commit().
import type { TransferOptions } from './acting.ts'
import { addingRecipients } from './add-recipient.ts'
import { approving } from './approve.ts'
import { collecting } from './collect.ts'
import { destroying } from './destruction.ts'
import { dispatching } from './dispatch.ts'
import { drafting } from './draft.ts'
import { holding } from './hold.ts'
import { viewing } from './view.ts'

export type TransferService = ReturnType<typeof createTransferService>

export function createTransferService(options: TransferOptions) {
  return {
    ...drafting(options),
    ...dispatching(options),
    ...approving(options),
    ...addingRecipients(options),
    ...viewing(options),
    ...collecting(options),
    ...holding(options),
    ...destroying(options),
  }
}
