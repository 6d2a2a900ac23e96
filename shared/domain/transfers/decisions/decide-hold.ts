// Holds (ARCHITECTURE.md#hold): an officer stops a transfer for an incident or by law, a recipient by saying that it is
// not meant for them or is not right. While it is held nobody collects it, nothing of it is destroyed, and its clock
// stands still; lifting gives back the time that was left. Each side lifts its own: under an officer's hold a
// recipient's report goes on standing.
import type { Rostered } from '../../policy/facts.ts'
import type { Job, Refusal } from '../../decision.ts'
import type { AccountId, Instant, OrganisationId, TransferId } from '../../values.ts'
import { type Known, type ReadFacts, transferAct } from './act.ts'
import type { MailTemplate, TransferChange } from '../changes.ts'
import { endedByClock, jobsAtEnd } from './decide-end.ts'
import type { PlacedHold } from '../ending.ts'
import { isAddressedTo } from '../delivery.ts'
import { inState } from '../entries.ts'
import { hasEnded, mayFollow } from '../states.ts'
import {
  afterPause,
  type HoldReason,
  approvalReasonOf,
  isForApproval,
  isOfficersHold,
  type OfficersReason,
  type Problem,
  sealed,
  type TransferFacts,
  verdictOf,
} from '../transfer.ts'

export interface HoldFacts extends ReadFacts {
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

type Standing = Omit<HoldFacts, 'officers'>

export const decidePlaceHold = transferAct<
  'transfer.hold.placed',
  HoldFacts,
  Asked & { readonly reason: OfficersReason },
  Held,
  Standing
>({
  event: 'transfer.hold.placed',
  knownTo: isParty,
  refuses: ({ found, reader }, at) =>
    mayHold(found, reader)
      ? (notToHold(found, at) ?? (isOfficersHold(found.transfer.held) ? onHold : null))
      : officerRequired,
  act: place,
})

/** A recipient reports: wrong recipient, cannot open, wrong content. Held for everyone at once. */
export const decideReport = transferAct<
  'transfer.reported',
  HoldFacts,
  Asked & { readonly problem: Problem },
  Held,
  Standing
>({
  event: 'transfer.reported',
  knownTo: ({ found, reader }) => isAddressedTo(found, reader),
  refuses: ({ found }, at) =>
    found.transfer.state === 'released'
      ? (notToHold(found, at) ?? (found.transfer.held ? onHold : null))
      : inState(found.transfer),
  act: (facts, { problem: reason, words }, at) => place(facts, { reason, words }, at),
})

/** Why it is still held; null: it is not. */
export interface Lifted {
  readonly held: HoldReason | null
}

export const decideLiftHold = transferAct<'transfer.hold.lifted', HoldFacts, Asked, Lifted, Standing>({
  event: 'transfer.hold.lifted',
  knownTo: isParty,
  refuses({ found, placed, ...who }) {
    const { held } = found.transfer
    if (held === null || isForApproval(held.reason)) return inState(found.transfer)
    if (mayLift({ found, placed, ...who })) return null
    return placed === null || who.reader?.organisation === placed.organisation
      ? officerRequired
      : { code: 'HOLD_OF_OTHERS', detail: { organisation: placed.organisationName } }
  },
  act(facts, { words }, at) {
    const { caller, found, placed } = facts
    const { transfer } = found
    const { id, held } = transfer
    const next = heldNext(found, placed)
    const expiresAt = next || hasEnded(transfer.state) ? transfer.expiresAt : afterPause(transfer, at)
    return {
      next: { held: next?.reason ?? null },
      changes: [
        next
          ? { kind: 'transfers.hold', transfer: id, at, ...next }
          : { kind: 'transfers.resume', transfer: id, expiresAt, at, by: caller.actor.account },
      ],
      detail: { reason: held?.reason ?? '', words, expires: expiresAt, stillHeld: next?.reason ?? null },
      jobs: [...(next?.by ? [] : goOn(found)), ...tell(facts, next?.by ? 'report-stands' : 'hold-lifted')],
    }
  },
})

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
const officerRequired: Refusal = { code: 'ROLE_REQUIRED', detail: { role: 'information-officer' } }

function notToHold(found: TransferFacts, at: Instant): Refusal | null {
  if (!mayFollow(found.transfer.state, 'recalled')) return inState(found.transfer)
  const ended = endedByClock(found, at)
  return ended && { code: 'TRANSFER_EXPIRED', detail: { on: ended.at } }
}

function place(
  facts: Known<HoldFacts>,
  { reason, words }: { readonly reason: HoldReason; readonly words: string },
  at: Instant,
) {
  const { id: transfer } = facts.found.transfer
  const { account, organisation } = facts.caller.actor
  return {
    next: {},
    changes: [{ kind: 'transfers.hold', transfer, reason, at, by: { account, organisation, words } } as const],
    detail: { reason, words },
    jobs: tell(facts, 'transfer-on-hold'),
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
function mayLift({ caller, found, reader, placed }: Known<Standing>): boolean {
  if (placed === null) return false
  const own = placed.by === caller.actor.account && (mayHold(found, reader) || isAddressedTo(found, reader))
  return own || (mayHold(found, reader) && reader?.organisation === placed.organisation)
}

function isParty({ caller, found, reader }: Known<Standing>): boolean {
  const mine = found.transfer.sender === caller.actor.account
  return mine || isAddressedTo(found, reader) || mayHold(found, reader)
}

/** What the hold kept from going on. */
function goOn(found: TransferFacts): readonly Job[] {
  const { state, id } = found.transfer
  if (hasEnded(state)) return jobsAtEnd(found)
  const waits = mayFollow(state, 'released') && verdictOf(found) !== null && sealed(found)
  return waits ? [{ name: 'release-transfer', data: { transfer: id } }] : []
}

function tell({ caller, found, officers }: Known<HoldFacts>, template: MailTemplate): readonly Job[] {
  const { id: transfer, sender } = found.transfer
  return [...new Set([sender, ...officers])]
    .filter((account) => account !== caller.actor.account)
    .map((account) => ({ name: 'send-mail', data: { template, account, transfer } }))
}

/** Beside a recall: it answers a recipient's report, and takes the place of an approval; an officer's hold stays. */
export function endHoldByRecall({ transfer }: TransferFacts, at: Instant): readonly TransferChange[] {
  const { id, held, expiresAt } = transfer
  return held === null || isOfficersHold(held)
    ? []
    : [{ kind: 'transfers.resume', transfer: id, expiresAt, at, by: null }]
}
