// Holds (ARCHITECTURE.md#hold): an officer stops a transfer for an incident or by law, a recipient by saying that it is
// not meant for them or is not right. While it is held nobody collects it, nothing of it is destroyed, and its clock
// stands still; lifting gives back the time that was left. Each side lifts its own: under an officer's hold a
// recipient's report goes on standing.
import type { Rostered } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision, Job, Refusal } from '../decision.ts'
import { addSeconds, epochSeconds } from '../time.ts'
import type { AccountId, Instant, OrganisationId, TransferId } from '../values.ts'
import type { MailTemplate, TransferChange } from './changes.ts'
import { endedByClock, jobsAtEnd } from './decide-end.ts'
import type { PlacedHold } from './ending.ts'
import { deliveriesTo, isAddressedTo } from './delivery.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import { hasEnded, mayFollow } from './states.ts'
import {
  type HoldReason,
  approvalReasonOf,
  isForApproval,
  isOfficersHold,
  type OfficersReason,
  type Problem,
  sealed,
  type Transfer,
  type TransferFacts,
  verdictOf,
} from './transfer.ts'

export interface HoldFacts {
  readonly caller: PersonCaller
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  /** Information officers of the parties at both ends. */
  readonly officers: readonly AccountId[]
  /** Who placed the hold that is there; null: the service, or none is. */
  readonly placed: PlacedHold | null
}

interface Asked {
  readonly transfer: TransferId
  readonly words: string
}

type Held = Record<string, never>

export function decideHold(
  facts: HoldFacts,
  { transfer: id, reason, words }: Asked & { readonly reason: OfficersReason },
  at: Instant,
): Decision<Held> {
  const event = 'transfer.hold.placed'
  const { caller, found, reader } = facts
  if (!found || !isKnownTo(found, facts)) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  if (!mayHold(found, reader)) return refuse({ code: 'ROLE_REQUIRED', detail: { role: 'information-officer' } })
  const refusal = notToHold(found, at) ?? (isOfficersHold(transfer.held) ? onHold : null)
  return refusal ? refuse(refusal) : place(facts, { found, reason, words, event, at })
}

/** A recipient reports: wrong recipient, cannot open, wrong content. Held for everyone at once. */
export function decideReport(
  facts: HoldFacts,
  { transfer: id, problem, words }: Asked & { readonly problem: Problem },
  at: Instant,
): Decision<Held> {
  const event = 'transfer.problem.reported'
  const { caller, found, reader } = facts
  if (!found || !isAddressedTo(found, reader)) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const isReleased = transfer.state === 'released'
  const state = isReleased ? null : ({ code: 'TRANSFER_STATE', detail: { state: transfer.state } } as const)
  const refusal = state ?? notToHold(found, at) ?? (transfer.held ? onHold : null)
  return refusal
    ? refuseParty({ event, transfer, refusal })
    : place(facts, { found, reason: problem, words, event, at })
}

/** Why it is still held; null: it is not. */
export interface Lifted {
  readonly held: HoldReason | null
}

export function decideLiftHold(facts: HoldFacts, { transfer: id, words }: Asked, at: Instant): Decision<Lifted> {
  const event = 'transfer.hold.lifted'
  const { caller, found, reader, placed } = facts
  if (!found || !isKnownTo(found, facts)) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  const { held } = transfer
  if (held === null || isForApproval(held.reason)) {
    return refuse({ code: 'TRANSFER_STATE', detail: { state: transfer.state } })
  }
  if (!mayLift(facts, found)) {
    return placed === null || reader?.organisation === placed.organisation
      ? refuse({ code: 'ROLE_REQUIRED', detail: { role: 'information-officer' } })
      : refuse({ code: 'HOLD_OF_OTHERS', detail: { organisation: placed.organisationName } })
  }
  const next = heldNext(found, placed)
  const expiresAt = next || hasEnded(transfer.state) ? transfer.expiresAt : afterPause(transfer, at)
  const { account } = caller.actor
  const template = next?.by ? 'report-stands' : 'hold-lifted'
  return {
    next: { held: next?.reason ?? null },
    changes: [
      next
        ? { kind: 'transfers.hold', transfer: transfer.id, at, ...next }
        : { kind: 'transfers.resume', transfer: transfer.id, expiresAt, at, by: account },
    ],
    event: {
      event,
      ...inAgreement(transfer),
      detail: { reason: held.reason, words, expires: expiresAt, stillHeld: next?.reason ?? null },
    },
    jobs: [...(next?.by ? [] : goOn(found)), ...tell([transfer.sender, ...facts.officers], { facts, found, template })],
  }
}

interface NextHold {
  readonly reason: HoldReason
  readonly by: { readonly account: AccountId; readonly organisation: OrganisationId; readonly words: string } | null
}

/** What was held before goes on: what waits for its approver, and a report that the recipient has not taken back. */
function heldNext(found: TransferFacts, placed: PlacedHold | null): NextHold | null {
  const { state } = found.transfer
  if (state === 'awaiting-approval') return { reason: approvalReasonOf(found), by: null }
  if (!placed?.report || hasEnded(state)) return null
  const { reason, by: account, organisation, words } = placed.report
  return { reason, by: { account, organisation, words } }
}

const onHold: Refusal = { code: 'INCIDENT_HOLD' }

function notToHold(found: TransferFacts, at: Instant): Refusal | null {
  const { state } = found.transfer
  if (!mayFollow(state, 'recalled')) return { code: 'TRANSFER_STATE', detail: { state } }
  const ended = endedByClock(found, at)
  return ended && { code: 'TRANSFER_EXPIRED', detail: { on: ended.at } }
}

interface Placing {
  readonly found: TransferFacts
  readonly reason: HoldReason
  readonly words: string
  readonly event: 'transfer.hold.placed' | 'transfer.problem.reported'
  readonly at: Instant
}

function place(facts: HoldFacts, { found, reason, words, event, at }: Placing): Decision<Held> {
  const { transfer } = found
  const { account, organisation } = facts.caller.actor
  return {
    next: {},
    changes: [{ kind: 'transfers.hold', transfer: transfer.id, reason, at, by: { account, organisation, words } }],
    event: { event, ...inAgreement(transfer), detail: { reason, words } },
    jobs: tell([transfer.sender, ...facts.officers], { facts, found, template: 'transfer-on-hold' }),
  }
}

/** An information officer or SIRO of a party at either end. */
export function mayHold({ transfer, deliveries }: TransferFacts, reader: Rostered | null): boolean {
  if (reader === null || !reader.roles.some((role) => role === 'information-officer' || role === 'siro')) return false
  const received = transfer.dispatchedAt !== null && deliveries.some((one) => isAt(one.recipient, reader))
  return reader.organisation === transfer.senderOrganisation || received
}

function isAt(one: { readonly organisation: OrganisationId }, other: { readonly organisation: OrganisationId }) {
  return one.organisation === other.organisation
}

/** Who placed it, or an officer of their organisation. */
function mayLift({ caller, reader, placed }: HoldFacts, found: TransferFacts): boolean {
  if (placed === null) return false
  const own = placed.by === caller.actor.account && (mayHold(found, reader) || deliveriesTo(found, reader).length > 0)
  return own || (mayHold(found, reader) && reader?.organisation === placed.organisation)
}

function isKnownTo(found: TransferFacts, { caller, reader }: Pick<HoldFacts, 'caller' | 'reader'>): boolean {
  const mine = found.transfer.sender === caller.actor.account
  return mine || isAddressedTo(found, reader) || mayHold(found, reader)
}

/** The hold's time is given back. */
export function afterPause({ expiresAt, held }: Pick<Transfer, 'expiresAt' | 'held'>, at: Instant): Instant {
  return held ? addSeconds(expiresAt, Math.max(0, epochSeconds(at) - epochSeconds(held.at))) : expiresAt
}

/** What the hold kept from going on. */
function goOn(found: TransferFacts): readonly Job[] {
  const { state, id } = found.transfer
  if (hasEnded(state)) return jobsAtEnd(found)
  const waits = mayFollow(state, 'released') && verdictOf(found) !== null && sealed(found)
  return waits ? [{ name: 'release-transfer', data: { transfer: id } }] : []
}

interface Telling {
  readonly facts: HoldFacts
  readonly found: TransferFacts
  readonly template: MailTemplate
}

function tell(people: readonly AccountId[], { facts, found, template }: Telling): readonly Job[] {
  const { caller } = facts
  return [...new Set(people)]
    .filter((account) => account !== caller.actor.account)
    .map((account) => ({ name: 'send-mail', data: { template, account, transfer: found.transfer.id } }))
}

/** Beside a recall: it answers a recipient's report, and takes the place of an approval; an officer's hold stays. */
export function endHoldByRecall({ transfer }: TransferFacts, at: Instant): readonly TransferChange[] {
  const { id, held, expiresAt } = transfer
  return held === null || isOfficersHold(held)
    ? []
    : [{ kind: 'transfers.resume', transfer: id, expiresAt, at, by: null }]
}
