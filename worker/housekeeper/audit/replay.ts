// Replays the copy of the logs over a restored database (ARCHITECTURE.md#restore): every piece verified first, the
// missing entries put back as they were under the checkpoints that were signed for them. What they bring about is
// domain/audit/replay.ts.
import { type Entry, entry as entryModel, type LogOrigin } from '#domain/audit/entry.ts'
import { sha256 } from '#platform/crypto.ts'
import type { LogCopy } from '#platform/log-copy.ts'
import { loadHashes, returnToIntake } from '#store/audit.ts'
import type { Tx } from '#store/database.ts'
import { append, emptyFrontier, type Frontier, frontierRoot, leafHash } from '#tlog/merkle.ts'
import { ED25519, type Vkey, vkeyOf } from '#tlog/note.ts'
import { appendWaiting, checkpointBy, LogDamaged, loadSignedHead } from './sequencer.ts'

export interface Replay {
  readonly copy: LogCopy
  /** Raw Ed25519 public key of the installation's logs, 32 bytes. */
  readonly publicKey: Uint8Array
}

/**
 * Appends to every log what the copy has and the database lacks; gives those entries, log by log. Throws LogDamaged,
 * having changed nothing that lasts, when a piece is not signed, or the database's log is not the beginning of the copy's.
 */
export async function replayLogs(tx: Tx, { copy, publicKey }: Replay): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const log of await copy.logs()) {
    const vkey = vkeyOf(sha256, { name: log, algorithm: ED25519, key: publicKey })
    entries.push(...(await replayLog(tx, { log, copy, vkey })))
  }
  return entries
}

async function replayLog(
  tx: Tx,
  { log, copy, vkey }: { readonly log: LogOrigin; readonly copy: LogCopy; readonly vkey: Vkey },
): Promise<Entry[]> {
  let head = await loadSignedHead(tx, vkey)
  const restored = head
  let copied: Frontier = emptyFrontier
  const replayed: Entry[] = []
  for await (const { size, note, entries } of copy.pieces(log)) {
    const known = Math.max(0, Math.min(entries.length, restored.size - copied.size))
    const hashes = entries.map((bytes) => leafHash(sha256, bytes))
    const upToRestored = append(sha256, { frontier: copied, hashes: hashes.slice(0, known) })
    if (upToRestored.size === restored.size) requireSame(log, upToRestored, restored)
    copied = append(sha256, { frontier: upToRestored, hashes: hashes.slice(known) })
    requireSigned({ vkey, note, size, copied })
    const missing = entries.slice(known)
    if (missing.length === 0) continue
    const waiting = await returnToIntake(tx, log, missing)
    head = await appendWaiting(tx, { log, head, waiting }, () => note)
    replayed.push(...missing.map((bytes) => entryModel.parse(JSON.parse(new TextDecoder().decode(bytes)))))
  }
  if (copied.size < restored.size) requireSame(log, copied, await beginningOf(tx, log, copied.size))
  return replayed
}

/** The database's own log as it was at `size`: a backup may be a moment newer than the copy. */
async function beginningOf(tx: Tx, log: LogOrigin, size: number): Promise<Frontier> {
  const hashes = await loadHashes(tx, log, { level: 0, from: 0, to: size })
  return append(sha256, { frontier: emptyFrontier, hashes })
}

function requireSame(log: LogOrigin, copied: Frontier, restored: Frontier): void {
  const same = Buffer.compare(frontierRoot(sha256, copied), frontierRoot(sha256, restored)) === 0
  if (!same) throw new LogDamaged(`${log}: the backup’s first ${restored.size} entries are not those of the copy`)
}

function requireSigned(piece: { vkey: Vkey; note: string; size: number; copied: Frontier }): void {
  const { vkey, note, size, copied } = piece
  const signed = checkpointBy(vkey, note)
  const holds = signed?.size === size && Buffer.compare(signed.root, frontierRoot(sha256, copied)) === 0
  if (!holds) throw new LogDamaged(`${vkey.name}: the copy up to ${size} is not what the log’s key signed`)
}
