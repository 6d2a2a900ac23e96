// Collect, open, acknowledge (ARCHITECTURE.md#collect): by someone addressed, still rostered, with a key they have
// proven to hold, once released and until the clock says no. Asked on every request, whether or not a job ran.
import { decideCollect, type Rostered } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision, Refusal } from '../decision.ts'
import type { SignedBytes } from '../document.ts'
import type { AccountId, FileId, Fingerprint, Instant, Origin, TransferId } from '../values.ts'
import { readAboutNote } from './read-about-note.ts'
import type { TransferChange } from './changes.ts'
import { deliveriesTo, isAddressedTo } from './delivery.ts'
import { endedByClock } from './decide-end.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import type { GivenDocument, Signer } from './given-document.ts'
import type { Receipt } from './receipt.ts'
import { furthest } from './states.ts'
import { type Delivery, isForApproval, type TransferFacts, verdictOf } from './transfer.ts'

export interface CollectorFacts {
  readonly caller: PersonCaller
  readonly found: TransferFacts | undefined
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
  /** Subkeys whose private half this session or token has shown to hold. */
  readonly proven: readonly Fingerprint[]
}

export interface FetchRequest {
  readonly transfer: TransferId
  readonly file: FileId
}

/** One file as it would be served: the reader's wrapped key, then the body. Octets, `end` exclusive. */
export interface Envelope {
  readonly pkesk: Uint8Array<ArrayBuffer>
  readonly objectKey: string
  readonly length: number
  readonly etag: string
  /** Null when what was asked for is no single range inside it. */
  readonly range: { readonly start: number; readonly end: number } | null
  /** The store holds a body of the length that arrived. */
  readonly intact: boolean
}

export interface FetchFacts extends CollectorFacts {
  /** Null when nothing is wrapped for the reader. */
  readonly envelope: Envelope | null
}

/**
 * One entry for each request, with where it begins: a range that leaves out the first octet of a body still gives it
 * away, so no rule spares it an entry.
 */
export function decideFetch(facts: FetchFacts, request: FetchRequest, at: Instant): Decision<Envelope> {
  const event = 'file.fetched'
  const { caller, found, reader } = facts
  const file = found?.files.find(({ id }) => id === request.file)
  if (!found || !reader || !isAddressedTo(found, reader) || !file)
    return refuseStranger({ event, caller, transfer: request.transfer })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  const refusal = notCollectable(facts, found, at) ?? keyNotProven(facts, found)
  if (refusal) return refuse(refusal)
  const { envelope } = facts
  if (envelope === null) return refuse({ code: 'KEY_PROOF_REQUIRED' })
  if (!envelope.intact) return refuse({ code: 'INTEGRITY_FAILED' })
  if (envelope.range === null) return refuse({ code: 'RANGE_INVALID', detail: { length: envelope.length } })
  return {
    next: envelope,
    changes: advance(found, { reader, to: 'fetched', at }),
    event: {
      event,
      ...inAgreement(transfer),
      detail: { file: file.id, from: envelope.range.start, encryptionSubkey: reader.encryptionSubkey },
    },
    jobs: [],
  }
}

/** What a client says of itself: nobody can know it of another program. Nobody opens what never left the service. */
export function decideOpened(facts: CollectorFacts, id: TransferId, at: Instant): Decision<null> {
  const event = 'transfer.opened'
  const { caller, found, reader } = facts
  const mine = found ? deliveriesTo(found, reader) : []
  const [first] = mine
  if (!found || !reader || !first) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const fetched = mine.find(({ state }) => state !== 'waiting')
  const refusal = notCollectable(facts, found, at) ?? (fetched ? null : stillWaiting)
  if (refusal) return refuseParty({ event, transfer, refusal })
  const { recipient } = fetched ?? first
  return {
    next: null,
    changes: advance(found, { reader, to: 'opened', at }),
    event: {
      event,
      ...inAgreement(transfer),
      detail: { recipient: recipient.kind === 'person' ? recipient.account : recipient.team },
    },
    jobs: [],
  }
}

const stillWaiting: Refusal = { code: 'TRANSFER_STATE', detail: { state: 'waiting' } }

/** Without a receipt: by somebody whose key is used by hand, and logged as such. */
export function decideAcknowledgeUnsigned(facts: CollectorFacts, id: TransferId, at: Instant): Decision<null> {
  const event = 'transfer.acknowledged'
  const { caller, found, reader } = facts
  const mine = found ? deliveriesTo(found, reader) : []
  if (!found || !reader || mine.length === 0) return refuseStranger({ event, caller, transfer: id })
  const { transfer } = found
  const refusal = notCollectable(facts, found, at) ?? notToAcknowledge(mine)
  if (refusal) return refuseParty({ event, transfer, refusal })
  return {
    next: null,
    changes: acknowledgements(found, { mine, by: reader.account, at, receipt: null }),
    event: { event, ...inAgreement(transfer), detail: { receipt: null, signed: false } },
    jobs: [],
  }
}

/** Nobody has received what never left the service, and nobody says so twice. */
function mayAcknowledge({ state }: Delivery): boolean {
  return state !== 'waiting' && state !== 'acknowledged'
}

function notToAcknowledge(mine: readonly Delivery[]): Refusal | null {
  if (mine.some(mayAcknowledge)) return null
  const state = mine.some((one) => one.state === 'waiting') ? 'waiting' : 'acknowledged'
  return { code: 'TRANSFER_STATE', detail: { state } }
}

/** By name and for each of their teams at once: it is one transfer, and one receipt of it. */
function acknowledgements(
  { transfer }: TransferFacts,
  {
    mine,
    ...said
  }: {
    readonly mine: readonly Delivery[]
    readonly by: AccountId
    readonly at: Instant
    readonly receipt: SignedBytes | null
  },
) {
  return mine
    .filter(mayAcknowledge)
    .map(({ recipient }) => ({ kind: 'transfers.acknowledge', transfer: transfer.id, recipient, ...said }) as const)
}

export function decideAcknowledge(
  facts: CollectorFacts & { readonly origin: Origin; readonly signer: Signer | null },
  given: GivenDocument<Receipt>,
  at: Instant,
): Decision<null> {
  const event = 'transfer.acknowledged'
  const { caller, found, reader, signer } = facts
  const mine = found ? deliveriesTo(found, reader) : []
  if (!found || mine.length === 0 || !signer) return refuseStranger({ event, caller, transfer: given.transfer })
  const { transfer } = found
  const refuse = (refusal: Refusal) => refuseParty({ event, transfer, refusal })
  const refusal = notCollectable(facts, found, at) ?? notToAcknowledge(mine)
  if (refusal) return refuse(refusal)
  const said = readAboutNote(given, { ...facts, found, signer }, at)
  if (!said.ok) return refuse(said.refusal)
  if (said.value.scanned !== (verdictOf(found) === 'clean')) return refuse({ code: 'NOTE_MISMATCH' })
  return {
    next: null,
    changes: acknowledgements(found, { mine, by: signer.account, at, receipt: given.signed }),
    event: { event, ...inAgreement(transfer), detail: { receipt: given.hash, signed: true } },
    jobs: [],
  }
}

export function notCollectable(
  { reader }: Pick<CollectorFacts, 'reader'>,
  found: TransferFacts,
  at: Instant,
): Refusal | null {
  const { transfer } = found
  const over = endedWhy(found, at)
  const permission = decideCollect({ reader, expiresAt: transfer.expiresAt }, at)
  const expired = !permission.permitted && permission.refusal.code === 'TRANSFER_EXPIRED'
  if (!permission.permitted && !expired) return permission.refusal
  if (over) return over
  if (transfer.held !== null && !isForApproval(transfer.held.reason)) return { code: 'INCIDENT_HOLD' }
  if (!permission.permitted) return permission.refusal
  if (transfer.state === 'released') return null
  return { code: transfer.state === 'awaiting-approval' ? 'APPROVAL_PENDING' : 'SCAN_PENDING' }
}

/** Of what has ended, by a decision or by the clock: why, also when it is destroyed since. */
function endedWhy(found: TransferFacts, at: Instant): Refusal | null {
  const ended = found.transfer.ended ?? endedByClock(found, at)
  if (ended === null) return null
  switch (ended.as) {
    case 'recalled':
      return { code: 'TRANSFER_RECALLED', detail: { on: ended.at } }
    case 'rejected':
      return rejectionOf(found)
    case 'acknowledged':
      return { code: 'TRANSFER_DESTROYED', detail: { on: ended.at } }
    default:
      return { code: 'TRANSFER_EXPIRED', detail: { on: ended.at } }
  }
}

/** Infected, not scanned, or clean and no longer permitted. */
function rejectionOf(found: TransferFacts): Refusal {
  switch (verdictOf(found)) {
    case 'infected':
      return { code: 'SCAN_INFECTED' }
    case 'unscannable':
      return { code: 'SCAN_UNSCANNABLE' }
    default:
      return { code: 'TRANSFER_STATE', detail: { state: found.transfer.state } }
  }
}

/** The rostered subkey of today, one that the session key was wrapped for, and proven in this session or token. */
export function keyNotProven({ reader, proven }: CollectorFacts, { readers }: TransferFacts): Refusal | null {
  const subkey = reader?.encryptionSubkey
  const wrapped = readers.some(
    ({ account, encryptionSubkey }) => account === reader?.account && encryptionSubkey === subkey,
  )
  return wrapped && subkey !== undefined && proven.includes(subkey) ? null : { code: 'KEY_PROOF_REQUIRED' }
}

/** A delivery only moves forward; saying it again changes nothing. One act, for their name and each of their teams. */
export function advance(
  found: TransferFacts,
  { reader, to, at }: { readonly reader: Rostered; readonly to: 'fetched' | 'opened'; readonly at: Instant },
): readonly TransferChange[] {
  const { id: transfer } = found.transfer
  return deliveriesTo(found, reader).flatMap(({ recipient, state }) => {
    // Their team may have it waiting: they fetched it by name, and joined afterwards.
    const next = to === 'opened' && state === 'waiting' ? state : furthest(state, to)
    return next === state
      ? []
      : [{ kind: 'transfers.deliver', transfer, recipient, state: next, by: reader.account, at }]
  })
}
