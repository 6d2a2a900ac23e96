// Looking: at one transfer by its sender or a reader, and at one's own lists. Every look has its entry (DESIGN 3, 9).
import type { Rostered } from '../agreements/decide-transfer.ts'
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { TransferId } from '../values.ts'
import { deliveryTo } from './delivery.ts'
import { inAgreement, refuseStranger } from './entries.ts'
import type { Transfer, TransferFacts } from './transfer.ts'

export interface LookFacts {
  readonly caller: PersonCaller
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  /** The sender's own wrapped keys. */
  readonly senderKeys: readonly SenderKey[]
}

export interface SenderKey {
  readonly keySet: number
  readonly bytes: Uint8Array
}

export interface Viewed {
  readonly found: TransferFacts
  /** Given while they are needed to wrap again (DESIGN 4.6), and to nobody else. */
  readonly senderKeys: readonly SenderKey[]
}

export function decideView(facts: LookFacts, id: TransferId): Decision<Viewed> {
  const event = 'transfer.viewed'
  const { caller, found } = facts
  if (!found || !mayLook(found, facts)) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const wrapsAgain = transfer.state === 'waiting-for-sender' && transfer.sender === caller.actor.account
  return {
    next: { found, senderKeys: wrapsAgain ? facts.senderKeys : [] },
    changes: [],
    event: { event, ...inAgreement(transfer), detail: { state: transfer.state } },
    jobs: [],
  }
}

function mayLook(found: TransferFacts, { caller, reader }: LookFacts): boolean {
  return (
    found.transfer.sender === caller.actor.account ||
    deliveryTo(found, reader) !== undefined ||
    isForApprover(found, reader)
  )
}

/** What is held is the business of the sending organisation's approvers. */
function isForApprover({ transfer }: TransferFacts, reader: Rostered | null): boolean {
  const approver = reader?.roles.includes('approver') && reader.organisation === transfer.senderOrganisation
  return transfer.held !== null && approver === true
}

export function decideList(
  caller: PersonCaller,
  list: 'sent' | 'inbox',
  transfers: readonly Transfer[],
): Decision<readonly Transfer[]> {
  return {
    next: transfers,
    changes: [],
    event: { event: 'transfer.listed', logs: [ownLog(caller)], detail: { list, count: transfers.length } },
    jobs: [],
  }
}
