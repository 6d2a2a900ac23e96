// Verifies the folder of an exported log, offline (DESIGN 9; RISKS A15): whose key signed the head, every tile, every
// entry, every opening, and heads held from earlier. Trusts the anchor alone. Keys come from the agreement that the
// anchor verifies; without one the folder is still checked in itself, and the answer is `key not pinned`.
import type { AgreementDocuments } from '#contract/documents.ts'
import type { OpeningView } from '#contract/audit.ts'
import { type Agreement, agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { type Commitment, type Entry, entry as entryModel } from '#domain/audit/entry.ts'
import type { LogProblemCode } from '#domain/audit/problems.ts'
import { parseDocument } from '#domain/document.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import type { Instant } from '#domain/values.ts'
import { encodeBase64, type Sha256 } from '#tlog/bytes.ts'
import {
  type Checkpoint,
  checkpointSignaturesBy,
  parseSignedCheckpoint,
  type SignedCheckpoint,
} from '#tlog/checkpoint.ts'
import { ED25519, type SignatureToVerify, vkeyOf } from '#tlog/note.ts'
import { bundlesAt, decodeBundle, entriesPath, TILE_WIDTH, tilePath } from '#tlog/tiles.ts'
import { type LogProblem as TlogProblem, verifyLog } from '#tlog/verify.ts'
import type { Anchor } from './anchor.ts'
import {
  checkpointPath,
  decodeDocuments,
  decodeOpenings,
  documentsPath,
  openingsPath,
  type Reader,
} from './log-layout.ts'
import { TrustRefused } from './trust-refused.ts'
import { verifyAgreement } from './verify-agreement.ts'

export interface LogToVerify {
  readonly reader: Reader
  /** Null: nobody has pinned anything here. */
  readonly anchor: Anchor | null
  readonly now: Instant
  /** Checkpoints of this log that the reader held before, as signed notes. */
  readonly earlier?: readonly Uint8Array[]
  readonly sha256: Sha256
  readonly hmacSha256: (key: Uint8Array, message: Uint8Array) => Uint8Array
  readonly verifyEd25519: (claim: SignatureToVerify) => boolean
  /** Called for each entry that can be read, in order; believe none from the first bad one on. */
  readonly onEntry?: (read: ReadEntry) => void
}

export interface ReadEntry {
  readonly index: number
  readonly entry: Entry
  /** What is left of the openings, by field. */
  readonly opened: ReadonlyMap<string, string>
}

export interface LogProblem {
  readonly code: LogProblemCode
  /** The first bad entry; null when it is not an entry that is bad. */
  readonly index: number | null
  /** A file, a size, or what could not be read. */
  readonly where: string | null
}

export interface KeyFinding {
  /** Whether an agreement that the anchor verifies lists the key. */
  readonly pinned: boolean
  /** `id version` of the agreement that the key was taken from. */
  readonly agreement: string | null
  /** Whether that agreement holds today, or did when the last entry was written. */
  readonly asOf: Instant | null
  /** Why not pinned. */
  readonly reason: string | null
  /** Cosignatures that the agreement asks for. */
  readonly quorum: number | null
}

export interface LogReport {
  readonly status: 'verified' | 'key not pinned' | 'bad'
  readonly problem: LogProblem | null
  readonly origin: string | null
  readonly size: number
  /** Base64, as in the checkpoint. */
  readonly root: string | null
  readonly key: KeyFinding
  /** Committed values: those that can be opened, and those whose opening is not there. */
  readonly openings: { readonly held: number; readonly erased: number }
}

export async function verifyExportedLog(log: LogToVerify): Promise<LogReport> {
  const bytes = log.reader.read(checkpointPath)
  if (!bytes) return unsigned('CHECKPOINT_MISSING')
  const signed = parseSignedCheckpoint(bytes)
  if (!signed) return unsigned('CHECKPOINT_MALFORMED')
  const { origin, size, root } = signed.checkpoint
  const earlier = (log.earlier ?? []).map(parseSignedCheckpoint)
  const heads = earlier.flatMap((one) => (one?.checkpoint.origin === origin ? [one] : []))
  const contents = verifyContents(log, { head: signed.checkpoint, heads: heads.map((one) => one.checkpoint) })
  const keys = await findKeys(log, { origin, writtenAt: contents.lastAt })
  const problem =
    refuseSignature(log, { signed, keys, writtenAt: contents.lastAt }) ??
    (heads.length < earlier.length ? problemOf('EARLIER_MALFORMED') : null) ??
    refuseEarlier(log, { heads, keys }) ??
    contents.problem
  const { pinned, agreement, asOf, reason } = keys
  return {
    status: problem ? 'bad' : pinned ? 'verified' : 'key not pinned',
    problem,
    origin,
    size,
    root: encodeBase64(root),
    key: {
      pinned,
      agreement: agreement && `${agreement.id} ${agreement.version}`,
      asOf,
      reason,
      quorum: agreement?.quorum ?? null,
    },
    openings: { held: contents.held, erased: contents.erased },
  }
}

function unsigned(code: LogProblemCode): LogReport {
  const key = { pinned: false, agreement: null, asOf: null, reason: null, quorum: null }
  const openings = { held: 0, erased: 0 }
  return { status: 'bad', problem: problemOf(code), origin: null, size: 0, root: null, key, openings }
}

function problemOf(code: LogProblemCode, at: { readonly index?: number; readonly where?: string } = {}): LogProblem {
  return { code, index: at.index ?? null, where: at.where ?? null }
}

// Contents: tiles, entries, openings, history

interface Contents {
  readonly problem: LogProblem | null
  readonly lastAt: Instant | null
  readonly held: number
  readonly erased: number
}

/** What was seen on the way through the entries, besides their hashes. */
interface Seen {
  problem: LogProblem | null
  lastAt: Instant | null
  held: number
  erased: number
}

function verifyContents(
  log: LogToVerify,
  { head, heads }: { readonly head: Checkpoint; readonly heads: readonly Checkpoint[] },
): Contents {
  const seen: Seen = { problem: null, lastAt: null, held: 0, erased: 0 }
  const verdict = verifyLog(log.sha256, {
    head,
    earlier: heads,
    entries: readEntries(log, { head, seen }),
    readTile: (tile) => log.reader.read(tilePath(tile)) ?? undefined,
  })
  const found = verdict.code === 'VERIFIED' ? null : fromTlog(verdict)
  return { ...seen, problem: firstOf(found, seen.problem) }
}

/** The one at the lower entry; a hash that does not match tells more than what could not be read because of it. */
function firstOf(found: LogProblem | null, seen: LogProblem | null): LogProblem | null {
  if (!found || !seen) return found ?? seen
  if (found.code === 'ENTRY_MISSING' && seen.code === 'BUNDLE_MALFORMED') return seen
  return seen.index !== null && found.index !== null && seen.index < found.index ? seen : found
}

function fromTlog(problem: TlogProblem): LogProblem {
  if ('index' in problem) return problemOf(problem.code, { index: problem.index })
  if ('tile' in problem) return problemOf(problem.code, { where: tilePath(problem.tile) })
  return problemOf(problem.code, { where: `size ${problem.size}` })
}

/** The entries as the bundles have them, noting the first that cannot be read or opened as it should. */
function* readEntries(
  log: LogToVerify,
  { head, seen }: { readonly head: Checkpoint; readonly seen: Seen },
): Generator<Uint8Array> {
  const openings = openingsByEntry(log.reader.read(openingsPath) ?? new Uint8Array())
  const inspect = (index: number, bytes: Uint8Array) => {
    const problem = inspectEntry(log, { origin: head.origin, index, bytes, opened: openings(index), seen })
    seen.problem ??= problem
  }
  for (const { index: bundle, width } of bundlesAt(head.size)) {
    const path = entriesPath({ index: bundle, width })
    const bytes = log.reader.read(path)
    if (!bytes) return
    const whole = decodeBundle(bytes, width)
    const entries = whole ?? readableBundle(bytes, width)
    for (const [offset, entry] of entries.entries()) {
      inspect(bundle * TILE_WIDTH + offset, entry)
      yield entry
    }
    if (whole) continue
    seen.problem ??= problemOf('BUNDLE_MALFORMED', { index: bundle * TILE_WIDTH + entries.length, where: path })
    return
  }
  const left = openings(Number.MAX_SAFE_INTEGER)
  if (left.length > 0) seen.problem ??= problemOf('OPENING_MALFORMED', { where: `${left.length} lines too many` })
}

/** The entries of a damaged bundle as far as its lengths lead, so that the first bad one can be named. */
function readableBundle(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 0; entries.length < width; ) {
    const end = at + 2 + ((bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0))
    if (at + 2 > bytes.length || end > bytes.length) break
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

/** Lines come in the order of entries, so one pass is enough; each answer takes the lines up to that entry. */
function openingsByEntry(bytes: Uint8Array): (index: number) => readonly (OpeningView | undefined)[] {
  const lines = decodeOpenings(bytes)
  let next = lines.next()
  return (index) => {
    const taken: (OpeningView | undefined)[] = []
    while (!next.done && (next.value === undefined || next.value.index <= index)) {
      taken.push(next.value)
      next = lines.next()
    }
    return taken
  }
}

interface EntryToInspect {
  readonly origin: string
  readonly index: number
  readonly bytes: Uint8Array
  readonly opened: readonly (OpeningView | undefined)[]
  readonly seen: Seen
}

function inspectEntry(log: LogToVerify, { origin, index, bytes, opened, seen }: EntryToInspect): LogProblem | null {
  const parsed = parseDocument(entryModel, bytes)
  if (!parsed.ok) return problemOf('ENTRY_UNREADABLE', { index, where: parsed.reason })
  const { value: entry } = parsed
  if (entry.log !== origin) return problemOf('ENTRY_OF_OTHER_LOG', { index, where: entry.log })
  const commitments = commitmentsOf(entry)
  const values = new Map<string, string>()
  let problem: LogProblem | null = null
  for (const opening of opened) {
    const commitment = opening?.index === index ? commitments.get(opening.field) : undefined
    if (!opening || !commitment || values.has(opening.field)) problem ??= problemOf('OPENING_MALFORMED', { index })
    else if (opens(log, opening, commitment)) values.set(opening.field, opening.value)
    else problem ??= problemOf('OPENING_MISMATCH', { index, where: opening.field })
  }
  seen.lastAt = entry.at
  seen.held += values.size
  seen.erased += commitments.size - values.size
  log.onEntry?.({ index, entry, opened: values })
  return problem
}

/** The committed fields of an entry, by their path in it (domain/audit/encode.ts). */
function commitmentsOf({ actor, source, detail }: Entry): ReadonlyMap<string, Commitment> {
  const fields: [string, unknown][] = [
    ['actor.account', actor.account],
    ['source.session', source.session],
    ['source.address', source.address],
    ...Object.entries(detail).map(([key, value]): [string, unknown] => [`detail.${key}`, value]),
  ]
  return new Map(fields.filter((field): field is [string, Commitment] => isCommitment(field[1])))
}

function isCommitment(value: unknown): value is Commitment {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function opens(log: LogToVerify, { salt, value }: OpeningView, { c }: Commitment): boolean {
  return encodeBase64(log.hmacSha256(Uint8Array.fromBase64(salt), new TextEncoder().encode(value))) === c
}

// Keys: from the agreement under the anchor, or only as the folder claims

interface LogKeys {
  readonly pinned: boolean
  readonly agreement: Agreement | null
  readonly asOf: Instant | null
  readonly reason: string | null
}

interface KeySearch {
  readonly origin: string
  /** When the last entry was written, as it says. */
  readonly writtenAt: Instant | null
}

const noDocuments: LogKeys = { pinned: false, agreement: null, asOf: null, reason: `${documentsPath} cannot be read` }

/** The first agreement that the anchor verifies and that speaks for this log; else the first that claims to. */
async function findKeys(log: LogToVerify, { origin, writtenAt }: KeySearch): Promise<LogKeys> {
  const documents = decodeDocuments(log.reader.read(documentsPath))
  if (!documents) return noDocuments
  const claimed: LogKeys[] = []
  for (const one of documents) {
    const parsed = parseDocument(agreementModel, Uint8Array.fromBase64(one.agreement.bytes))
    if (!parsed.ok || !speaksFor(parsed.value, origin)) continue
    const held = await holds(log, { documents: one, writtenAt })
    const found = { agreement: parsed.value, ...held }
    if (found.pinned) return found
    claimed.push(found)
  }
  return claimed[0] ?? { ...noDocuments, reason: `${documentsPath} has no agreement for this log` }
}

function speaksFor({ origin: installation, id, parties }: Agreement, origin: string): boolean {
  if (origin === `${installation}/agreements/${id}`) return true
  return parties.some(({ organisation }) => origin === `${installation}/organisations/${organisation}`)
}

interface Held {
  readonly documents: AgreementDocuments
  readonly writtenAt: Instant | null
}

const becauseOld: readonly TrustRefusalCode[] = [
  'TRUST_STATEMENT_EXPIRED',
  'TRUST_STATEMENT_OLD',
  'TRUST_ROSTER_EXPIRED',
  'TRUST_ROSTER_OLD',
]

/** Today, or else, when only age is against it, at the time of the last entry: an export stays verifiable. */
async function holds(log: LogToVerify, { documents, writtenAt }: Held): Promise<Omit<LogKeys, 'agreement'>> {
  const { anchor, now } = log
  if (!anchor) return { pinned: false, asOf: null, reason: 'no root is pinned here' }
  const today = await refusalOf(() => verifyAgreement(anchor, documents, now))
  if (today === null) return { pinned: true, asOf: now, reason: null }
  const isOld = today instanceof TrustRefused && becauseOld.includes(today.code)
  if (isOld && writtenAt !== null && writtenAt <= now) {
    const then = await refusalOf(() => verifyAgreement({ ...anchor, seen: {} }, documents, writtenAt))
    if (then === null) return { pinned: true, asOf: writtenAt, reason: null }
  }
  return { pinned: false, asOf: null, reason: today.message }
}

/** What a folder that somebody made up does to a parser is a reason not to believe it, and no more. */
async function refusalOf(verify: () => Promise<unknown>): Promise<Error | null> {
  try {
    await verify()
    return null
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

// Signatures

interface SignedHead {
  readonly signed: SignedCheckpoint
  readonly keys: LogKeys
  readonly writtenAt: Instant | null
}

function refuseSignature(log: LogToVerify, { signed, keys, writtenAt }: SignedHead): LogProblem | null {
  if (!keys.agreement) return null
  const signers = signersOf(log, { signed, agreement: keys.agreement })
  if (signers.length === 0) return problemOf('CHECKPOINT_SIGNATURE')
  if (writtenAt === null || signers.some(({ from, until }) => from <= writtenAt && writtenAt < until)) return null
  return problemOf('CHECKPOINT_KEY_PERIOD', { where: writtenAt })
}

function refuseEarlier(
  log: LogToVerify,
  { heads, keys: { agreement } }: { readonly heads: readonly SignedCheckpoint[]; readonly keys: LogKeys },
): LogProblem | null {
  if (!agreement) return null
  const foreign = heads.find((signed) => signersOf(log, { signed, agreement }).length === 0)
  return foreign ? problemOf('EARLIER_SIGNATURE', { where: `size ${foreign.checkpoint.size}` }) : null
}

/** The agreement's log keys that signed this checkpoint. */
function signersOf(
  log: LogToVerify,
  { signed, agreement }: { readonly signed: SignedCheckpoint; readonly agreement: Agreement },
) {
  return agreement.serviceKeys.log.filter(({ publicKey }) => {
    const key = Uint8Array.fromBase64(publicKey)
    const vkey = vkeyOf(log.sha256, { name: signed.checkpoint.origin, algorithm: ED25519, key })
    const signatures = checkpointSignaturesBy(signed, vkey)
    return signatures.length > 0 && signatures.every(log.verifyEd25519)
  })
}
