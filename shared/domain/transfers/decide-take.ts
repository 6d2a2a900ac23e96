// Take: a member of an addressed team says `I have this one`, so that the others see it and nobody works on it twice
// (ARCHITECTURE.md#team). It bars nobody from collecting. Two who take at once: one has it, the other is told who. A
// shift that ends gives it back, or the next one takes it over from the person it names; what somebody had who left the
// team is free.
import type { Rostered } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision, Refusal } from '../decision.ts'
import type { AccountId, Instant, TransferId } from '../values.ts'
import { notCollectable } from './decide-collect.ts'
import { deliveriesTo } from './delivery.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import type { Delivery, TransferFacts } from './transfer.ts'

export interface TakeFacts {
  readonly caller: PersonCaller
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  /** Those who have taken it, as far as the current roster has them. */
  readonly holders: readonly Rostered[]
}

export interface TakeRequest {
  readonly transfer: TransferId
  /** Who has it, as the caller knows; null: nobody. */
  readonly from: AccountId | null
}

export function decideTake(facts: TakeFacts, { transfer: id, from }: TakeRequest, at: Instant): Decision<null> {
  const event = 'transfer.taken'
  const { caller, found, reader, holders } = facts
  const mine = found ? deliveriesTo(found, reader) : []
  if (!found || !reader || mine.length === 0) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  const refusal = notCollectable({ reader }, found, at)
  if (refusal && !comesStill(refusal)) return refuse(refusal)
  const teams = mine.filter(({ recipient }) => recipient.kind === 'team')
  if (teams.length === 0) return refuse({ code: 'TEAM_REQUIRED' })
  const open = teams.filter(({ state }) => state !== 'acknowledged')
  if (open.length === 0) return refuse({ code: 'TRANSFER_STATE', detail: { state: 'acknowledged' } })
  const other = open
    .map((delivery) => holderOf(delivery, holders))
    .find((holder) => holder !== null && holder !== reader.account && holder !== from)
  if (other) return refuse({ code: 'TAKEN', detail: { by: other } })
  return {
    next: null,
    changes: open.map(({ recipient }) => ({
      kind: 'transfers.take',
      transfer: transfer.id,
      recipient,
      taken: { by: reader.account, at },
    })),
    event: { event, ...inAgreement(transfer), detail: { teams: teamsOf(open), from: from ?? '' } },
    jobs: [],
  }
}

export function decideGiveBack(facts: Omit<TakeFacts, 'holders'>, id: TransferId): Decision<null> {
  const event = 'transfer.given-back'
  const { caller, found, reader } = facts
  const mine = found ? deliveriesTo(found, reader) : []
  if (!found || !reader || mine.length === 0) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const taken = mine.filter(({ takenBy, state }) => takenBy === reader.account && state !== 'acknowledged')
  if (taken.length === 0) {
    return refuseParty({ event, transfer, refusal: { code: 'TRANSFER_STATE', detail: { state: 'not taken by you' } } })
  }
  return {
    next: null,
    changes: taken.map(({ recipient }) => ({
      kind: 'transfers.take',
      transfer: transfer.id,
      recipient,
      taken: null,
    })),
    event: { event, ...inAgreement(transfer), detail: { teams: teamsOf(taken) } },
    jobs: [],
  }
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
