// Verifying a whole log from its parts: the entries, the tiles of an export, and heads held from earlier.
// Owns the verdict and what it points at: the first bad entry or tile, as a value.
// Trusts the head alone, which the caller took from a checkpoint signed by a pinned key; everything else is checked.
// RFC 6962 section 2.1, C2SP tlog-tiles.

import { equal, type Sha256 } from './bytes.ts'
import { append, emptyFrontier, frontierRoot, leafHash, rootOf } from './merkle.ts'
import { decodeTile, type HashRange, MAX_ENTRY_SIZE, rootOfTiles, TILE_WIDTH, type Tile, tileWidth } from './tiles.ts'

/** Size and root of a log: the part of a checkpoint that the entries must lead to. */
export type Head = { readonly size: number; readonly root: Uint8Array }

/** The bytes of a tile of the export, or undefined if it has none. */
export type ReadTile = (tile: Tile) => Uint8Array | undefined

export type LogProblem =
  /** the entries end before `index`, which the head counts */
  | { readonly code: 'ENTRY_MISSING'; readonly index: number }
  /** there are entries from `index` on, which the head does not count */
  | { readonly code: 'ENTRY_LEFT_OVER'; readonly index: number }
  /** longer than an entry bundle can hold */
  | { readonly code: 'ENTRY_TOO_LONG'; readonly index: number }
  /** not the entry under the head: changed, moved, put in or left out before here */
  | { readonly code: 'ENTRY_MISMATCH'; readonly index: number }
  | { readonly code: 'TILE_MISSING'; readonly tile: Tile }
  /** not the length of its width */
  | { readonly code: 'TILE_MALFORMED'; readonly tile: Tile }
  /** not the tile under the head: its root is not the hash in the tile above */
  | { readonly code: 'TILE_MISMATCH'; readonly tile: Tile }
  /** the entries are those under the head, but the partial tiles at the right edge are not */
  | { readonly code: 'EDGE_TILES_MISMATCH'; readonly size: number }
  /** the entries do not lead to the head's root (and no tile under the head is there to say which) */
  | { readonly code: 'ROOT_MISMATCH'; readonly size: number }
  /** the head is smaller than one held from earlier: rolled back or cut off */
  | { readonly code: 'HISTORY_SHORTER'; readonly size: number }
  /** the first `size` entries are not those of a head held from earlier: the log was rewritten or forked */
  | { readonly code: 'HISTORY_REWRITTEN'; readonly size: number }

export type LogVerdict = { readonly code: 'VERIFIED' } | LogProblem

const verified = { code: 'VERIFIED' } as const

/** Folds the entries and compares with the head. Cannot say which entry is bad: for that, see `verifyLog`. */
export function verifyEntries(
  sha256: Sha256,
  { head, entries }: { head: Head; entries: Iterable<Uint8Array> },
): LogVerdict {
  let frontier = emptyFrontier
  for (const entry of entries) {
    const index = frontier.size
    if (index === head.size) return { code: 'ENTRY_LEFT_OVER', index }
    if (entry.length > MAX_ENTRY_SIZE) return { code: 'ENTRY_TOO_LONG', index }
    frontier = append(sha256, { frontier, hashes: [leafHash(sha256, entry)] })
  }
  if (frontier.size < head.size) return { code: 'ENTRY_MISSING', index: frontier.size }
  return equal(frontierRoot(sha256, frontier), head.root) ? verified : { code: 'ROOT_MISMATCH', size: head.size }
}

/**
 * Verifies an export: tiles from the head downwards, then every entry against its tile, then heads held from earlier.
 * In that order a bad tile is never blamed on an entry, nor a bad entry on a tile.
 * Every tile is read once while entries pass in order; memory is one tile per level.
 */
export function verifyLog(
  sha256: Sha256,
  log: { head: Head; entries: Iterable<Uint8Array>; readTile: ReadTile; earlier?: readonly Head[] },
): LogVerdict {
  const { head, entries, readTile, earlier = [] } = log
  const edge = readEdge(head.size, readTile)
  if ('code' in edge) return edge
  if (!equal(rootOfEdge(sha256, edge), head.root)) {
    const verdict = verifyEntries(sha256, log)
    return verdict.code === 'VERIFIED' ? { code: 'EDGE_TILES_MISMATCH', size: head.size } : verdict
  }
  const tileUnderHead = authenticate(sha256, { size: head.size, edge, readTile })
  const verdict = compareEntries(sha256, { size: head.size, entries, tileUnderHead })
  return verdict.code === 'VERIFIED' ? compareHistory(sha256, { head, earlier, tileUnderHead }) : verdict
}

type Hashes = readonly Uint8Array[]

/** Hashes of the partial tile of each level; a level whose last tile is full has none. */
type Edge = readonly Hashes[]

type TileUnderHead = (at: { level: number; index: number }) => Hashes | LogProblem

function readHashes(readTile: ReadTile, tile: Tile): Hashes | LogProblem {
  const bytes = readTile(tile)
  if (bytes === undefined) return { code: 'TILE_MISSING', tile }
  return decodeTile(bytes, tile.width) ?? { code: 'TILE_MALFORMED', tile }
}

function readEdge(size: number, readTile: ReadTile): Edge | LogProblem {
  const edge: Hashes[] = []
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH
    const index = Math.floor(count / TILE_WIDTH)
    const hashes = width === 0 ? [] : readHashes(readTile, { level, index, width })
    if ('code' in hashes) return hashes
    edge.push(hashes)
  }
  return edge
}

/** Together the partial tiles span the whole log, highest level first, so they alone give its root. */
function rootOfEdge(sha256: Sha256, edge: Edge): Uint8Array {
  const frontier = edge.reduceRight(
    (grown, hashes, level) => append(sha256, { frontier: grown, hashes, height: 8 * level }),
    emptyFrontier,
  )
  return frontierRoot(sha256, frontier)
}

/** Reads tiles that hang under the head: partial ones are proved by the root, full ones by the tile above. */
function authenticate(
  sha256: Sha256,
  { size, edge, readTile }: { size: number; edge: Edge; readTile: ReadTile },
): TileUnderHead {
  const latest = new Map<number, { index: number; hashes: Hashes }>()
  return function tileUnderHead({ level, index }): Hashes | LogProblem {
    const kept = latest.get(level)
    if (kept?.index === index) return kept.hashes
    const tile = { level, index, width: tileWidth(size, { level, index }) }
    if (tile.width < TILE_WIDTH) return edge[level] ?? []
    const above = tileUnderHead({ level: level + 1, index: Math.floor(index / TILE_WIDTH) })
    if ('code' in above) return above
    const hashes = readHashes(readTile, tile)
    if ('code' in hashes) return hashes
    const expected = above[index % TILE_WIDTH]
    if (expected === undefined || !equal(rootOf(sha256, hashes), expected)) return { code: 'TILE_MISMATCH', tile }
    latest.set(level, { index, hashes })
    return hashes
  }
}

function compareEntries(
  sha256: Sha256,
  { size, entries, tileUnderHead }: { size: number; entries: Iterable<Uint8Array>; tileUnderHead: TileUnderHead },
): LogVerdict {
  let index = 0
  for (const entry of entries) {
    if (index === size) return { code: 'ENTRY_LEFT_OVER', index }
    if (entry.length > MAX_ENTRY_SIZE) return { code: 'ENTRY_TOO_LONG', index }
    const hashes = tileUnderHead({ level: 0, index: Math.floor(index / TILE_WIDTH) })
    if ('code' in hashes) return hashes
    const expected = hashes[index % TILE_WIDTH]
    if (expected === undefined || !equal(leafHash(sha256, entry), expected)) return { code: 'ENTRY_MISMATCH', index }
    index += 1
  }
  return index < size ? { code: 'ENTRY_MISSING', index } : verified
}

function compareHistory(
  sha256: Sha256,
  { head, earlier, tileUnderHead }: { head: Head; earlier: readonly Head[]; tileUnderHead: TileUnderHead },
): LogVerdict {
  const rootOfRange = rootOfTiles(sha256, ({ level, from, to }: HashRange) => {
    const index = Math.floor(from / TILE_WIDTH)
    const hashes = tileUnderHead({ level, index })
    if ('code' in hashes) throw new Error(`tile ${level}/${index} changed while it was verified`)
    return hashes.slice(from - index * TILE_WIDTH, to - index * TILE_WIDTH)
  })
  for (const { size, root } of earlier) {
    if (size > head.size) return { code: 'HISTORY_SHORTER', size }
    if (!equal(rootOfRange({ from: 0, to: size }), root)) return { code: 'HISTORY_REWRITTEN', size }
  }
  return verified
}
