// Moves entries from the intake into their logs (ARCHITECTURE.md#sequencer). Natural batching: the next flush takes all
// that came since the last one. Append and checkpoint are one transaction, so no size was ever signed that is not
// there. Trusts no stored head that does not lead to the checkpoint this key signed for it: stopping is better than
// forking.
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { Log } from '#platform/log.ts'
import { sha256, verifyEd25519 } from '#platform/crypto.ts'
import {
  addCheckpoint,
  appendEntries,
  loadCheckpoint,
  loadHashes,
  loadHead,
  loadIntake,
  loadLogsWithIntake,
  type WaitingEntry,
} from '#store/audit.ts'
import type { Database, OpenDatabase, Tx } from '#store/database.ts'
import { type Checkpoint, checkpointSignaturesBy, parseSignedCheckpoint, signCheckpoint } from '#tlog/checkpoint.ts'
import { append, type Frontier, frontierOf, frontierRoot, leafHash } from '#tlog/merkle.ts'
import { ED25519, type Vkey, vkeyOf } from '#tlog/note.ts'
import { type HashRange, subtreeHashes, subtreeReads } from '#tlog/tiles.ts'
import { type Loop, startLoop } from '../loop.ts'

export interface LogKey {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** Entries moved in one transaction, at most. */
export const flushLimit = 2_000

/** One flush of one log: everything that waited, up to the limit, and the checkpoint that covers it. */
export async function flushLog(database: Database, log: LogOrigin, key: LogKey): Promise<number> {
  // One snapshot: intake, head and last checkpoint belong together, and a sequencer that ran beside this one shows as
  // 40001, never as damage.
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const waiting = await loadIntake(tx, log, flushLimit)
      if (waiting.length === 0) return 0
      const vkey = vkeyOf(sha256, { name: log, algorithm: ED25519, key: key.publicKey })
      const head = await loadSignedHead(tx, vkey)
      await appendWaiting(tx, { log, head, waiting }, ({ size, root }) =>
        new TextDecoder().decode(signCheckpoint({ checkpoint: { origin: log, size, root }, vkey, sign: key.sign })),
      )
      return waiting.length
    })
}

export interface Appended {
  readonly log: LogOrigin
  readonly head: Frontier
  readonly waiting: readonly WaitingEntry[]
}

/** Moves what waits behind the head, with the signed checkpoint that covers it. Gives the new head. */
export async function appendWaiting(
  tx: Tx,
  { log, head, waiting }: Appended,
  noteOf: (covered: { readonly size: number; readonly root: Uint8Array }) => string,
): Promise<Frontier> {
  const leafHashes = waiting.map((entry) => leafHash(sha256, entry.bytes))
  const frontier = append(sha256, { frontier: head, hashes: leafHashes })
  await appendEntries(tx, {
    log,
    expectedSize: head.size,
    intakeIds: waiting.map((entry) => entry.id),
    frontier: frontier.hashes,
    nodes: await completedNodes(tx, log, { oldSize: head.size, leafHashes }),
  })
  const note = noteOf({ size: frontier.size, root: frontierRoot(sha256, frontier) })
  await addCheckpoint(tx, { log, size: frontier.size, note })
  return frontier
}

/** The log is not as its last checkpoint says, or that is not signed by this key. A person must look. */
export class LogDamaged extends Error {
  override readonly name = 'LogDamaged'
}

/** The head of the log that the key speaks for, compared with what it signed last. */
export async function loadSignedHead(tx: Tx, vkey: Vkey): Promise<Frontier> {
  const log = vkey.name as LogOrigin
  const stored = await loadHead(tx, log)
  const head = frontierOf(stored.size, stored.frontier)
  const last = await loadCheckpoint(tx, log)
  if (!last && head.size === 0) return head
  const signed = last && checkpointBy(vkey, last.note)
  if (!signed) throw new LogDamaged(`${log}: the last checkpoint is not signed by this key`)
  const { size, root } = signed
  if (size !== head.size || Buffer.compare(root, frontierRoot(sha256, head)) !== 0) {
    throw new LogDamaged(`${log}: the head at ${head.size} is not the one signed at ${size}`)
  }
  return head
}

/** What the note says, if this key signed it. */
export function checkpointBy(vkey: Vkey, note: string): Checkpoint | undefined {
  const signed = parseSignedCheckpoint(new TextEncoder().encode(note))
  const signatures = signed ? checkpointSignaturesBy(signed, vkey) : []
  const isOurs =
    signatures.length > 0 && signatures.every(({ key, ...claim }) => verifyEd25519({ ...claim, publicKey: key }))
  return isOurs ? signed?.checkpoint : undefined
}

async function completedNodes(
  tx: Tx,
  log: LogOrigin,
  { oldSize, leafHashes }: { readonly oldSize: number; readonly leafHashes: readonly Uint8Array[] },
) {
  const earlier = new Map<string, readonly Uint8Array[]>()
  const nameOf = ({ level, from, to }: HashRange) => `${level} ${from} ${to}`
  for (const range of subtreeReads({ oldSize, newSize: oldSize + leafHashes.length })) {
    earlier.set(nameOf(range), await loadHashes(tx, log, range))
  }
  return subtreeHashes(sha256, { oldSize, leafHashes, readHashes: (range) => earlier.get(nameOf(range)) ?? [] })
}

export interface SequencerOptions extends Pick<OpenDatabase, 'database' | 'connect'> {
  readonly key: LogKey
  readonly log: Log
}

/** A flush costs as much for one entry as for so many: when fewer came, the next look takes more at once. */
const fewEntries = 50

/** Flushes every log that has entries waiting, until few come. A log that fails keeps no other waiting. */
export async function sequenceAll(database: Database, key: LogKey): Promise<void> {
  for (let moved = flushLimit; moved >= fewEntries; ) {
    moved = 0
    const failures: unknown[] = []
    for (const log of await loadLogsWithIntake(database)) {
      await flushLog(database, log, key).then(
        (entries) => (moved += entries),
        (error: unknown) => failures.push(error),
      )
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} logs could not be appended to`)
  }
}

export function startSequencer({ database, connect, key, log }: SequencerOptions): Loop {
  return startLoop({
    name: 'sequencer',
    // Looking costs less than being called: NOTIFY would make all commits wait for each other (0002-audit.sql).
    everyMilliseconds: 100,
    connect,
    log,
    run: () => sequenceAll(database, key),
  })
}
