// Collect, open, acknowledge (ARCHITECTURE.md#collect): by someone addressed, still rostered, with a key they have
// proven to hold, once released and until the clock says no. Asked on every request, whether or not a job ran.
import { decideCollect } from '../../policy/decide-transfer.ts'
import type { Refusal } from '../../decision.ts'
import type { SignedBytes } from '../../document.ts'
import type { Bytes, FileId, Fingerprint, Instant, TransferId } from '../../values.ts'
import { type Known, type ReadFacts, transferAct } from './act.ts'
import { readAttestation } from './read-attestation.ts'
import type { TransferChange } from '../changes.ts'
import { deliveriesTo, isAddressedTo } from '../delivery.ts'
import { endedByClock } from './decide-end.ts'
import { inState } from '../entries.ts'
import type { GivenDocument, SigningFacts } from './given-document.ts'
import type { Receipt } from '../documents/receipt.ts'
import { furthest } from '../states.ts'
import { type Delivery, isForApproval, type TransferFacts, verdictOf } from '../transfer.ts'

export interface CollectorFacts extends ReadFacts {
  /** Subkeys whose private half this session or token has shown to hold. */
  readonly proven: readonly Fingerprint[]
}

export interface ReceiverFacts extends ReadFacts {
  /** Files of which not every octet went out to the caller. */
  readonly notServed: readonly FileId[]
}

export interface FetchRequest {
  readonly transfer: TransferId
  readonly file: FileId
}

/** One file as it would be served: the reader's wrapped key, then the body. Octets, `end` exclusive. */
export interface Envelope {
  readonly pkesk: Bytes
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
export const decideFetch = transferAct<'file.fetched', FetchFacts, FetchRequest, Envelope, CollectorFacts>({
  event: 'file.fetched',
  knownTo: isReader,
  refuses: notFetchable,
  act(facts, request, at) {
    const { found, reader, envelope } = facts
    const file = found.files.find(({ id }) => id === request.file)
    if (!file) return { code: 'NOT_FOUND' }
    if (!envelope || !reader) return { code: 'KEY_PROOF_REQUIRED' }
    if (!envelope.intact) return { code: 'INTEGRITY_FAILED' }
    if (envelope.range === null) return { code: 'RANGE_INVALID', detail: { length: envelope.length } }
    return {
      next: envelope,
      changes: advance(facts, 'fetched', at),
      detail: { file: file.id, from: envelope.range.start, encryptionSubkey: reader.encryptionSubkey },
    }
  },
})

/** What a file is like, without an octet of it (HEAD): it is looked at, and nobody has fetched it. */
export const decideFetchHead = transferAct<'transfer.viewed', FetchFacts, FetchRequest, Envelope, CollectorFacts>({
  event: 'transfer.viewed',
  knownTo: isReader,
  refuses: notFetchable,
  act({ found, envelope }, request) {
    if (!found.files.some(({ id }) => id === request.file)) return { code: 'NOT_FOUND' }
    if (!envelope) return { code: 'KEY_PROOF_REQUIRED' }
    if (!envelope.intact) return { code: 'INTEGRITY_FAILED' }
    return { next: envelope, detail: { state: found.transfer.state } }
  },
})

/** What a client says of itself: nobody can know it of another program. Nobody opens what they were not given whole. */
export const decideOpened = transferAct<'transfer.opened', ReceiverFacts, { readonly transfer: TransferId }>({
  event: 'transfer.opened',
  knownTo: isReader,
  refuses: (standing, at) =>
    notCollectable(standing, at) ?? (fetchedBy(standing) ? notGivenWhole(standing) : inState({ state: 'waiting' })),
  act(facts, _given, at) {
    const recipient = fetchedBy(facts)?.recipient
    return {
      next: null,
      changes: advance(facts, 'opened', at),
      detail: { recipient: recipient?.kind === 'team' ? recipient.team : facts.caller.actor.account },
    }
  },
})

function isReader({ found, reader }: Known<ReadFacts>): boolean {
  return isAddressedTo(found, reader)
}

function fetchedBy({ found, reader }: Known<ReadFacts>): Delivery | undefined {
  return deliveriesTo(found, reader).find(({ state }) => state !== 'waiting')
}

function notGivenWhole({ notServed }: Pick<ReceiverFacts, 'notServed'>): Refusal | null {
  const [file] = notServed
  return file === undefined ? null : { code: 'FETCH_INCOMPLETE', detail: { file, files: notServed.length } }
}

/** Without a receipt: by somebody whose key is used by hand, and logged as such. Nothing but the fetch speaks for it. */
export const decideAcknowledgeUnsigned = transferAct<
  'transfer.acknowledged',
  ReceiverFacts,
  { readonly transfer: TransferId }
>({
  event: 'transfer.acknowledged',
  knownTo: isReader,
  refuses: (standing, at) => notToAcknowledge(standing, at) ?? notGivenWhole(standing),
  act: (facts, _given, at) => ({
    next: null,
    changes: acknowledgements(facts, null, at),
    detail: { receipt: null, signed: false },
  }),
})

export const decideAcknowledge = transferAct<
  'transfer.acknowledged',
  ReadFacts & SigningFacts,
  GivenDocument<Receipt>,
  null,
  ReadFacts & Pick<SigningFacts, 'signer'>
>({
  event: 'transfer.acknowledged',
  knownTo: ({ signer, ...standing }) => signer !== null && isReader(standing),
  refuses: notToAcknowledge,
  act(facts, given, at) {
    const said = readAttestation(given, facts, at)
    if (!said.ok) return said.refusal
    const { scanned, verdict } = said.value
    if (scanned !== (verdictOf(facts.found) === 'clean')) return { code: 'NOTE_MISMATCH', detail: { field: 'scanned' } }
    if (verdict !== facts.found.signedVerdict?.hash) return { code: 'NOTE_MISMATCH', detail: { field: 'verdict' } }
    return {
      next: null,
      changes: acknowledgements(facts, given.signed, at),
      detail: { receipt: given.hash, signed: true },
    }
  },
})

/** Nobody has received what never left the service, and nobody says so twice. */
function mayAcknowledge({ state }: Delivery): boolean {
  return state !== 'waiting' && state !== 'acknowledged'
}

function notToAcknowledge(standing: Known<ReadFacts>, at: Instant): Refusal | null {
  const mine = deliveriesTo(standing.found, standing.reader)
  const refusal = notCollectable(standing, at)
  if (refusal || mine.some(mayAcknowledge)) return refusal
  return inState({ state: mine.some(({ state }) => state === 'waiting') ? 'waiting' : 'acknowledged' })
}

/** By name and for each of their teams at once: it is one transfer, and one receipt of it. */
function acknowledgements({ caller, found, reader }: Known<ReadFacts>, receipt: SignedBytes | null, at: Instant) {
  const { id: transfer } = found.transfer
  const { account: by } = caller.actor
  return deliveriesTo(found, reader)
    .filter(mayAcknowledge)
    .map(({ recipient }) => ({ kind: 'transfers.acknowledge', transfer, recipient, by, at, receipt }) as const)
}

/** A key for it that they hold, too: what it takes to be given the bytes. */
export function notFetchable(standing: Known<CollectorFacts>, at: Instant): Refusal | null {
  return notCollectable(standing, at) ?? keyNotProven(standing)
}

export function notCollectable(
  { found, reader }: Pick<Known<ReadFacts>, 'found' | 'reader'>,
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
      return inState(found.transfer)
  }
}

/** The rostered subkey of today, one that the session key was wrapped for, and proven in this session or token. */
export function keyNotProven({ found: { readers }, reader, proven }: Known<CollectorFacts>): Refusal | null {
  const subkey = reader?.encryptionSubkey
  const wrapped = readers.some(
    ({ account, encryptionSubkey }) => account === reader?.account && encryptionSubkey === subkey,
  )
  return wrapped && subkey !== undefined && proven.includes(subkey) ? null : { code: 'KEY_PROOF_REQUIRED' }
}

/** A delivery only moves forward; saying it again changes nothing. One act, for their name and each of their teams. */
export function advance(
  { caller, found, reader }: Known<ReadFacts>,
  to: 'fetched' | 'opened',
  at: Instant,
): readonly TransferChange[] {
  const { id: transfer } = found.transfer
  const { account: by } = caller.actor
  return deliveriesTo(found, reader).flatMap(({ recipient, state }) => {
    // Their team may have it waiting: they fetched it by name, and joined afterwards.
    const next = to === 'opened' && state === 'waiting' ? state : furthest(state, to)
    return next === state ? [] : [{ kind: 'transfers.deliver', transfer, recipient, state: next, by, at }]
  })
}
