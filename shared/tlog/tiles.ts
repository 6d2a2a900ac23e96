// Tiles: the log as files that never change, 256 hashes or entries wide.
// Owns their paths, which of them exist at a size, entry bundles, and which hashes a growing log must keep so that
// every tile is a concatenation of at most 256 of them. Trusts nothing: decoders answer undefined to what is malformed.
// C2SP tlog-tiles.

import { concat, HASH_SIZE, requireSize, type Sha256 } from './bytes.ts'
import { append, emptyFrontier, frontierRoot, type LeafRange, type RootOfRange, rootOf } from './merkle.ts'

export const TILE_WIDTH = 256
export const MAX_ENTRY_SIZE = 65_535

/** Level 0 holds leaf hashes; level L the roots of complete subtrees of 256^L leaves. `width` is 256, or less at the right edge. */
export type Tile = { readonly level: number; readonly index: number; readonly width: number }

export type EntryBundle = { readonly index: number; readonly width: number }

/** Hashes `from` up to, not including, `to` of one level (hash i of level L is the root of leaves i*256^L to (i+1)*256^L). */
export type HashRange = { readonly level: number; readonly from: number; readonly to: number }

export type ReadHashes = (range: HashRange) => readonly Uint8Array[]

/** One hash to keep: at most one row per level and index, never changed once written. */
export type SubtreeHash = { readonly level: number; readonly index: number; readonly hash: Uint8Array }

/** `tile/<L>/<N>[.p/<W>]`. */
export function tilePath({ level, index, width }: Tile): string {
  requireSize(level)
  if (level > 63) throw new RangeError(`no tile level ${level}`)
  return `tile/${level}/${numberedPath(index, width)}`
}

/** `tile/entries/<N>[.p/<W>]`. */
export function entriesPath({ index, width }: EntryBundle): string {
  return `tile/entries/${numberedPath(index, width)}`
}

/** How many hashes tile `index` of `level` has in a log of `size` entries: 256, less at the right edge, 0 where no tile is. */
export function tileWidth(size: number, { level, index }: { level: number; index: number }): number {
  requireSize(size)
  const hashes = Math.floor(size / TILE_WIDTH ** level)
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH))
}

/** Every tile of a log of `size` entries, lowest level first. None is empty. */
export function* tilesAt(size: number): Generator<Tile> {
  for (let level = 0; tileWidth(size, { level, index: 0 }) > 0; level += 1) {
    for (let index = 0, width = 0; ; index += 1) {
      width = tileWidth(size, { level, index })
      if (width === 0) break
      yield { level, index, width }
    }
  }
}

/** Every entry bundle of a log of `size` entries: one beside each tile of level 0. */
export function* bundlesAt(size: number): Generator<EntryBundle> {
  for (const { level, index, width } of tilesAt(size)) {
    if (level > 0) return
    yield { index, width }
  }
}

export function encodeTile(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0 || hashes.length > TILE_WIDTH) throw new RangeError(`a tile of ${hashes.length} hashes`)
  return concat(hashes)
}

/** The hashes of a tile, or undefined when its length is not that of `width` hashes. */
export function decodeTile(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  if (width < 1 || width > TILE_WIDTH || bytes.length !== width * HASH_SIZE) return undefined
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE))
}

/** Entries, each after its length as a big-endian uint16. Throws RangeError for an entry beyond 65,535 bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0 || entries.length > TILE_WIDTH) throw new RangeError(`a bundle of ${entries.length} entries`)
  return concat(entries.flatMap((entry) => [uint16(entry.length), entry]))
}

/** The entries of a bundle, or undefined unless the bytes are exactly `width` of them. */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  if (width < 1 || width > TILE_WIDTH) return undefined
  const entries: Uint8Array[] = []
  let offset = 0
  while (entries.length < width) {
    const [high, low] = bytes.subarray(offset, offset + 2)
    if (high === undefined || low === undefined) return undefined
    const start = offset + 2
    offset = start + high * 256 + low
    if (offset > bytes.length) return undefined
    entries.push(bytes.subarray(start, offset))
  }
  return offset === bytes.length ? entries : undefined
}

/**
 * The earlier hashes that `subtreeHashes` will read while a log grows from `oldSize` to `newSize`: at most one range a
 * level, each within one tile. For stores that must fetch before they compute.
 */
export function subtreeReads({ oldSize, newSize }: { oldSize: number; newSize: number }): HashRange[] {
  requireSize(oldSize)
  requireSize(newSize)
  const reads: HashRange[] = []
  let [old, grown] = [oldSize, newSize]
  for (let level = 0; fullTiles(grown) > fullTiles(old); level += 1) {
    const from = fullTiles(old) * TILE_WIDTH
    if (from < old) reads.push({ level, from, to: old })
    ;[old, grown] = [fullTiles(old), fullTiles(grown)]
  }
  return reads
}

/**
 * The hashes of levels 1, 2, 3.. that complete while a log of `oldSize` entries takes these leaf hashes (tree heights
 * 8, 16, 24..). Kept beside the leaf hashes (level 0), they are all that any tile is made of.
 * `readHashes` is asked for the ranges of `subtreeReads` only.
 */
export function subtreeHashes(
  sha256: Sha256,
  growth: { oldSize: number; leafHashes: readonly Uint8Array[]; readHashes: ReadHashes },
): SubtreeHash[] {
  requireSize(growth.oldSize)
  const kept: SubtreeHash[] = []
  let [old, added] = [growth.oldSize, growth.leafHashes]
  for (let level = 0; fullTiles(old + added.length) > fullTiles(old); level += 1) {
    const first = fullTiles(old)
    const from = first * TILE_WIDTH
    const hashes = [...readExactly(growth.readHashes, { level, from, to: old }), ...added]
    const complete = Array.from({ length: fullTiles(hashes.length) }, (_, tile) =>
      rootOf(sha256, hashes.slice(tile * TILE_WIDTH, (tile + 1) * TILE_WIDTH)),
    )
    kept.push(...complete.map((hash, at) => ({ level: level + 1, index: first + at, hash })))
    ;[old, added] = [first, complete]
  }
  return kept
}

/** The kept hashes that give the root of a range of a proof, in the order in which they are folded. */
export function hashesOfRange({ from, to }: LeafRange): HashRange[] {
  requireSize(from)
  requireSize(to)
  const ranges: HashRange[] = []
  let level = 0
  while (TILE_WIDTH ** (level + 1) <= to - from) level += 1
  for (let start = from; level >= 0; level -= 1) {
    const subtree = TILE_WIDTH ** level
    if (start % subtree !== 0) throw new RangeError(`leaves ${from} to ${to} are no range of a proof`)
    const end = Math.floor(to / subtree)
    if (start / subtree < end) ranges.push({ level, from: start / subtree, to: end })
    start = end * subtree
  }
  return ranges
}

/** Reads range roots from kept hashes: a proof over a million entries needs a few hundred of them, never all leaves. */
export function rootOfTiles(sha256: Sha256, readHashes: ReadHashes): RootOfRange {
  return (range) => {
    let frontier = emptyFrontier
    for (const wanted of hashesOfRange(range)) {
      frontier = append(sha256, { frontier, hashes: readExactly(readHashes, wanted), height: 8 * wanted.level })
    }
    return frontierRoot(sha256, frontier)
  }
}

/** A reader that returns too few or too many hashes would shift all that follow: stop here. */
function readExactly(readHashes: ReadHashes, range: HashRange): readonly Uint8Array[] {
  if (range.from === range.to) return []
  const hashes = readHashes(range)
  if (hashes.length === range.to - range.from) return hashes
  throw new RangeError(`${hashes.length} hashes of level ${range.level} for ${range.from} to ${range.to}`)
}

function fullTiles(hashes: number): number {
  return Math.floor(hashes / TILE_WIDTH)
}

/** 1234067 -> x001/x234/067, so that no folder holds more than 1,000 names and no name is both a file and a folder. */
function numberedPath(index: number, width: number): string {
  requireSize(index)
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) throw new RangeError(`a tile of width ${width}`)
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const path = groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/')
  return width === TILE_WIDTH ? path : `${path}.p/${width}`
}

function uint16(length: number): Uint8Array {
  if (length > MAX_ENTRY_SIZE) throw new RangeError(`an entry of ${length} bytes`)
  return Uint8Array.of(length >> 8, length & 0xff)
}
