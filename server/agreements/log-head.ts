// The newest head of a log, with the proof that it contains what a client saw before (RFC 6962 section 2.1.2).
import type { LogHead } from '#contract/audit.ts'
import type { SignedHead } from '#domain/audit/decisions.ts'
import type { LogOrigin } from '#domain/audit/entry.ts'
import { sha256Hex } from '#domain/values.ts'
import { sha256 } from '#platform/crypto.ts'
import { loadCheckpoint, loadHashes } from '#store/audit.ts'
import type { Tx } from '#store/database.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { consistencyRanges, type LeafRange } from '#tlog/merkle.ts'
import { type HashRange, hashesOfRange, rootOfTiles } from '#tlog/tiles.ts'

/** `seen`: how many entries the client saw; undefined, or not fewer than there are: nothing to prove. */
export interface HeadAsked {
  readonly log: LogOrigin
  readonly seen: number | undefined
}

export async function loadSignedHead(tx: Tx, log: LogOrigin): Promise<SignedHead | null> {
  const last = await loadCheckpoint(tx, log)
  if (!last) return null
  const signed = parseSignedCheckpoint(new TextEncoder().encode(last.note))
  if (!signed) throw new Error(`the last checkpoint of ${log} cannot be read`)
  const { size, root } = signed.checkpoint
  return { size, root: sha256Hex.parse(Buffer.from(root).toString('hex')), note: last.note }
}

export async function loadLogHead(tx: Tx, { log, seen }: HeadAsked): Promise<LogHead> {
  const head = await loadSignedHead(tx, log)
  if (!head) return { checkpoint: null, consistency: [] }
  return { checkpoint: head.note, consistency: await proveConsistency(tx, { log, seen, size: head.size }) }
}

/** Base64, as it travels. */
export async function proveConsistency(
  tx: Tx,
  { log, seen = 0, size }: HeadAsked & { readonly size: number },
): Promise<readonly string[]> {
  if (seen === 0 || seen >= size) return []
  const proof: string[] = []
  for (const range of consistencyRanges({ oldSize: seen, newSize: size })) {
    proof.push(Buffer.from(await rootOfRange(tx, { log, range })).toString('base64'))
  }
  return proof
}

/** A few hundred hashes at most, however long the log is. */
async function rootOfRange(
  tx: Tx,
  { log, range }: { readonly log: LogOrigin; readonly range: LeafRange },
): Promise<Uint8Array> {
  const nameOf = ({ level, from, to }: HashRange) => `${level} ${from} ${to}`
  const hashes = new Map<string, readonly Uint8Array[]>()
  for (const wanted of hashesOfRange(range)) hashes.set(nameOf(wanted), await loadHashes(tx, log, wanted))
  return rootOfTiles(sha256, (wanted) => hashes.get(nameOf(wanted)) ?? [])(range)
}
