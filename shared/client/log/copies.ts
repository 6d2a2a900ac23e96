// Two copies of one log, entry by entry: which is the first that differs. A copy is believed only as far as its entries
// lead to the root that it had when it was written.
import { equal, type Sha256 } from '#tlog/bytes.ts'
import { append, emptyFrontier, type Frontier, frontierRoot, leafHash } from '#tlog/merkle.ts'
import { bundlesAt, decodeBundle, entriesPath } from '#tlog/tiles.ts'
import type { Reader } from './log-layout.ts'

export interface Copy {
  readonly reader: Reader
  readonly size: number
}

export interface EarlierCopy extends Copy {
  readonly root: Uint8Array
}

/** `index`: the first entry in which they differ; null when the shorter one is the beginning of the longer. */
export type Difference = { readonly index: number | null }

/** Undefined when the earlier copy is not what it was: it says nothing about the other. */
export function compareCopies(
  sha256: Sha256,
  { now, earlier }: { readonly now: Copy; readonly earlier: EarlierCopy },
): Difference | undefined {
  const present = leafHashes(sha256, now)
  let frontier: Frontier = emptyFrontier
  let index: number | null = null
  for (const hash of leafHashes(sha256, earlier)) {
    const at = frontier.size
    const other = index === null && at < now.size ? present.next().value : undefined
    if (index === null && at < now.size && !(other && equal(other, hash))) index = at
    frontier = append(sha256, { frontier, hashes: [hash] })
  }
  const isWhole = frontier.size === earlier.size && equal(frontierRoot(sha256, frontier), earlier.root)
  return isWhole ? { index } : undefined
}

/** Of the entries that are there, in order; ends where one is missing. */
function* leafHashes(sha256: Sha256, { reader, size }: Copy): Generator<Uint8Array, undefined> {
  for (const bundle of bundlesAt(size)) {
    const bytes = reader.read(entriesPath(bundle))
    const entries = bytes && decodeBundle(bytes, bundle.width)
    if (!entries) return
    for (const entry of entries) yield leafHash(sha256, entry)
  }
}
