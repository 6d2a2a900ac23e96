// Where the entries of acts on transfers belong: the agreement's log for acts by its parties, the caller's own
// organisation's log for everything that is nobody else's business (ARCHITECTURE.md#which-log).
import type { LogReference, EventName } from '../events.ts'
import { type Caller, ownLog } from '../caller.ts'
import type { Refusal, Refused } from '../decision.ts'
import type { TransferId } from '../values.ts'
import type { Transfer } from './transfer.ts'

type Entered = Pick<Transfer, 'id' | 'agreement'>

export function inAgreement({ id, agreement }: Entered) {
  const log: LogReference = { kind: 'agreement', id: agreement.id }
  return { logs: [log], agreement, transfer: id }
}

/** Why not: where it stands in its life. */
export function inState({ state }: { readonly state: string }): Refusal {
  return { code: 'TRANSFER_STATE', detail: { state } }
}

/** A party is told no, and both parties can see that it was. */
export function refuseParty(input: {
  readonly event: EventName
  readonly transfer: Entered
  readonly refusal: Refusal
}): Refused {
  return { refusal: input.refusal, event: { event: input.event, ...inAgreement(input.transfer) } }
}

/** Not theirs, or not there: the answer is the same, and the partner's log learns nothing of it. */
export function refuseStranger(input: {
  readonly event: EventName
  readonly caller: Caller
  readonly transfer: TransferId
}): Refused {
  const { event, caller, transfer } = input
  return { refusal: { code: 'NOT_FOUND' }, event: { event, logs: [ownLog(caller)], transfer } }
}
