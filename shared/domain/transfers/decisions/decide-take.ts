// Take: a member of an addressed team says `I have this one`, so that the others see it and nobody works on it twice
// (ARCHITECTURE.md#team). It bars nobody from collecting. Two who take at once: one has it, the other is told who. A
// shift that ends gives it back, or the next one takes it over from the person it names; what somebody had who left the
// team is free.
import type { Rostered } from '../../policy/facts.ts'
import type { Refusal } from '../../decision.ts'
import type { AccountId, TransferId } from '../../values.ts'
import { type Known, type ReadFacts, transferAct } from './act.ts'
import { notCollectable } from './decide-collect.ts'
import { deliveriesTo, isAddressedTo } from '../delivery.ts'
import { inState } from '../entries.ts'
import type { Delivery } from '../transfer.ts'

export interface TakeFacts extends ReadFacts {
  /** Those who have taken it, as far as the current roster has them. */
  readonly holders: readonly Rostered[]
}

export interface TakeRequest {
  readonly transfer: TransferId
  /** Who has it, as the caller knows; null: nobody. */
  readonly from: AccountId | null
}

export const decideTake = transferAct<'transfer.taken', TakeFacts, TakeRequest, null, ReadFacts>({
  event: 'transfer.taken',
  knownTo: ({ found, reader }) => isAddressedTo(found, reader),
  refuses({ found, reader }, at) {
    const refusal = notCollectable({ found, reader }, at)
    if (refusal && !comesStill(refusal)) return refusal
    const teams = deliveriesTo(found, reader).filter(({ recipient }) => recipient.kind === 'team')
    if (teams.length === 0) return { code: 'TEAM_REQUIRED' }
    return teams.every(isAcknowledged) ? inState({ state: 'acknowledged' }) : null
  },
  act({ caller, found, reader, holders }, { from }, at) {
    const { id: transfer } = found.transfer
    const { account: by } = caller.actor
    const open = deliveriesTo(found, reader).filter((one) => one.recipient.kind === 'team' && !isAcknowledged(one))
    const other = open
      .map((delivery) => holderOf(delivery, holders))
      .find((holder) => holder !== null && holder !== by && holder !== from)
    if (other) return { code: 'TAKEN', detail: { by: other } }
    return {
      next: null,
      changes: open.map(({ recipient }) => ({ kind: 'transfers.take', transfer, recipient, taken: { by, at } })),
      detail: { teams: teamsOf(open), from: from ?? '' },
    }
  },
})

export const decideGiveBack = transferAct<'transfer.given-back', ReadFacts, Pick<TakeRequest, 'transfer'>>({
  event: 'transfer.given-back',
  knownTo: ({ found, reader }) => isAddressedTo(found, reader),
  refuses: (standing) => (takenBy(standing).length > 0 ? null : inState({ state: 'not taken by you' })),
  act(facts) {
    const { id: transfer } = facts.found.transfer
    const taken = takenBy(facts)
    return {
      next: null,
      changes: taken.map(({ recipient }) => ({ kind: 'transfers.take', transfer, recipient, taken: null })),
      detail: { teams: teamsOf(taken) },
    }
  },
})

function takenBy({ caller, found, reader }: Known<ReadFacts>): readonly Delivery[] {
  const mine = deliveriesTo(found, reader)
  return mine.filter((one) => one.takenBy === caller.actor.account && !isAcknowledged(one))
}

function isAcknowledged({ state }: Delivery): boolean {
  return state === 'acknowledged'
}

/** It is on its way, and may be taken before it is there. */
function comesStill({ code }: Refusal): boolean {
  return code === 'SCAN_PENDING' || code === 'APPROVAL_PENDING'
}

/** Who has it and still stands in the team. */
function holderOf({ recipient, takenBy }: Delivery, holders: readonly Rostered[]): AccountId | null {
  const stands = holders.some(
    ({ account, organisation, teams }) =>
      account === takenBy &&
      organisation === recipient.organisation &&
      recipient.kind === 'team' &&
      teams.includes(recipient.team),
  )
  return stands ? takenBy : null
}

function teamsOf(deliveries: readonly Delivery[]): string[] {
  return deliveries.flatMap(({ recipient }) => (recipient.kind === 'team' ? [recipient.team] : []))
}
