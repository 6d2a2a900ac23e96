// Moves entries from the intake into their logs (DESIGN 9). Natural batching: the next flush takes all that came
// while the last one ran. Append and checkpoint are one transaction, so no size was ever signed that is not there.
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { Log } from '#platform/log.ts'
import { sha256 } from '#platform/crypto.ts'
import { addCheckpoint, appendEntries, loadHashes, loadHead, loadIntake, loadLogsWithIntake } from '#store/audit.ts'
import type { Database, OpenDatabase, Tx } from '#store/database.ts'
import { signCheckpoint } from '#tlog/checkpoint.ts'
import { append, frontierOf, frontierRoot, leafHash } from '#tlog/merkle.ts'
import { ED25519, vkeyOf } from '#tlog/note.ts'
import { type HashRange, subtreeHashes, subtreeReads } from '#tlog/tiles.ts'
import { type Loop, startLoop } from '../loop.ts'

export interface LogKey {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** Entries moved in one transaction, at most. */
const flushLimit = 2_000

/** One flush of one log: everything that waited, up to the limit, and the checkpoint that covers it. */
export async function flushLog(database: Database, log: LogOrigin, key: LogKey): Promise<number> {
  return database.transaction().execute(async (tx) => {
    const waiting = await loadIntake(tx, log, flushLimit)
    if (waiting.length === 0) return 0
    const head = await loadHead(tx, log)
    const leafHashes = waiting.map((entry) => leafHash(sha256, entry.bytes))
    const frontier = append(sha256, { frontier: frontierOf(head.size, head.frontier), hashes: leafHashes })
    await appendEntries(tx, {
      log,
      expectedSize: head.size,
      intakeIds: waiting.map((entry) => entry.id),
      frontier: frontier.hashes,
      nodes: await completedNodes(tx, log, { oldSize: head.size, leafHashes }),
    })
    const note = signCheckpoint({
      checkpoint: { origin: log, size: frontier.size, root: frontierRoot(sha256, frontier) },
      vkey: vkeyOf(sha256, { name: log, algorithm: ED25519, key: key.publicKey }),
      sign: key.sign,
    })
    await addCheckpoint(tx, { log, size: frontier.size, note: new TextDecoder().decode(note) })
    return waiting.length
  })
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

/** Flushes every log that has entries waiting, until none has. */
export async function sequenceAll(database: Database, key: LogKey): Promise<void> {
  for (;;) {
    const logs = await loadLogsWithIntake(database)
    if (logs.length === 0) return
    for (const log of logs) await flushLog(database, log, key)
  }
}

export function startSequencer({ database, connect, key, log }: SequencerOptions): Loop {
  return startLoop({
    name: 'sequencer',
    channel: 'audit_intake',
    everyMilliseconds: 1_000,
    connect,
    log,
    run: () => sequenceAll(database, key),
  })
}
