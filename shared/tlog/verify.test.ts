// The tampers of a transparency log that a verifier must see, each named where it is (SPEC.md).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalEntries, exportTiles, leafHashesOf, sha256 } from '../../tests/fixtures/tlog.ts'
import { rootOf } from './merkle.ts'
import { type Tile, tilePath } from './tiles.ts'
import { type Head, verifyEntries, verifyLog } from './verify.ts'

const headOf = (entries: readonly Uint8Array[]): Head => ({
  size: entries.length,
  root: rootOf(sha256, leafHashesOf(entries)),
})

function exportOf(entries: readonly Uint8Array[]) {
  const tiles = exportTiles(entries)
  return { head: headOf(entries), entries, tiles, readTile: (tile: Tile) => tiles.get(tilePath(tile)) }
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.with(at, bytes[at]! ^ 1)
}

/** The export with one bit of one tile flipped, at hash `hash`. */
function withTile(log: ReturnType<typeof exportOf>, path: string, hash: number) {
  const tiles = new Map(log.tiles).set(path, flip(log.tiles.get(path)!, hash * 32))
  return { ...log, readTile: (tile: Tile) => tiles.get(tilePath(tile)) }
}

const swap = (entries: readonly Uint8Array[], a: number, b: number) => entries.with(a, entries[b]!).with(b, entries[a]!)

const entries = decimalEntries(66_000)
const log = exportOf(entries)
const small = exportOf(decimalEntries(20))

describe('a whole log', () => {
  it('[log/tampering] verifies at sizes around every edge, with every earlier head', () => {
    for (const size of [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000]) {
      const grown = entries.slice(0, size)
      const earlier = [0, 1, 255, 256, 257, 700].filter((old) => old <= size).map((old) => headOf(grown.slice(0, old)))
      expect(verifyLog(sha256, { ...exportOf(grown), earlier }), String(size)).toEqual({ code: 'VERIFIED' })
      expect(verifyEntries(sha256, { head: headOf(grown), entries: grown })).toEqual({ code: 'VERIFIED' })
    }
    const earlier = [65_535, 65_536, 65_537].map((old) => headOf(entries.slice(0, old)))
    expect(verifyLog(sha256, { ...log, earlier })).toEqual({ code: 'VERIFIED' })
  })

  it('[log/tampering] reads every tile of the export, each full one once', () => {
    const read: string[] = []
    const readTile = (tile: Tile) => {
      read.push(tilePath(tile))
      return log.readTile(tile)
    }
    expect(verifyLog(sha256, { ...log, readTile })).toEqual({ code: 'VERIFIED' })
    expect(read.toSorted()).toEqual([...log.tiles.keys()].toSorted())
  })
})

describe('tampers', () => {
  it('[log/tampering] names the entry in which one bit was changed', () => {
    for (const index of [0, 255, 256, 65_535, 65_999]) {
      const changed = entries.with(index, flip(entries[index]!, 0))
      expect(verifyLog(sha256, { ...log, entries: changed })).toEqual({ code: 'ENTRY_MISMATCH', index })
      expect(verifyEntries(sha256, { head: log.head, entries: changed })).toEqual({
        code: 'ROOT_MISMATCH',
        size: 66_000,
      })
    }
  })

  it('[log/tampering] names any single changed entry of a small log', () => {
    fc.assert(
      fc.property(fc.nat(19), fc.uint8Array({ maxLength: 8 }), (index, bytes) => {
        fc.pre(Buffer.compare(bytes, small.entries[index]!) !== 0)
        const verdict = verifyLog(sha256, { ...small, entries: small.entries.with(index, bytes) })
        expect(verdict).toEqual({ code: 'ENTRY_MISMATCH', index })
      }),
    )
  })

  it('[log/tampering] names the full tile of level 0 in which one bit was changed', () => {
    const verdict = verifyLog(sha256, withTile(log, 'tile/0/007', 9))
    expect(verdict).toEqual({ code: 'TILE_MISMATCH', tile: { level: 0, index: 7, width: 256 } })
  })

  it('[log/tampering] names the full tile of level 1 in which one bit was changed', () => {
    const verdict = verifyLog(sha256, withTile(log, 'tile/1/000', 200))
    expect(verdict).toEqual({ code: 'TILE_MISMATCH', tile: { level: 1, index: 0, width: 256 } })
  })

  it('[log/tampering] sees a changed tile at the right edge, and does not blame the entries', () => {
    for (const path of ['tile/0/257.p/208', 'tile/1/001.p/1', 'tile/2/000.p/1']) {
      expect(verifyLog(sha256, withTile(log, path, 0)), path).toEqual({ code: 'EDGE_TILES_MISMATCH', size: 66_000 })
    }
  })

  it('[log/tampering] sees a replaced root', () => {
    const head = { ...log.head, root: flip(log.head.root, 31) }
    expect(verifyLog(sha256, { ...log, head })).toEqual({ code: 'ROOT_MISMATCH', size: 66_000 })
    expect(verifyEntries(sha256, { head, entries })).toEqual({ code: 'ROOT_MISMATCH', size: 66_000 })
  })

  it('[log/tampering] names the first of two swapped entries', () => {
    const verdict = verifyLog(sha256, { ...log, entries: swap(entries, 300, 40_000) })
    expect(verdict).toEqual({ code: 'ENTRY_MISMATCH', index: 300 })
  })

  it('[log/tampering] names the place of a dropped entry, the last one included', () => {
    expect(verifyLog(sha256, { ...log, entries: entries.toSpliced(300, 1) })).toEqual({
      code: 'ENTRY_MISMATCH',
      index: 300,
    })
    expect(verifyLog(sha256, { ...log, entries: entries.slice(0, -1) })).toEqual({
      code: 'ENTRY_MISSING',
      index: 65_999,
    })
    expect(verifyEntries(sha256, { head: small.head, entries: small.entries.slice(1) })).toEqual({
      code: 'ENTRY_MISSING',
      index: 19,
    })
  })

  it('[log/tampering] names an entry that was added, in the middle or at the end', () => {
    const added = Buffer.from('added')
    expect(verifyLog(sha256, { ...small, entries: small.entries.toSpliced(4, 0, added) })).toEqual({
      code: 'ENTRY_MISMATCH',
      index: 4,
    })
    for (const verify of [verifyLog, verifyEntries]) {
      const verdict = verify(sha256, { ...small, entries: [...small.entries, added] })
      expect(verdict).toEqual({ code: 'ENTRY_LEFT_OVER', index: 20 })
    }
  })

  it('[log/tampering] sees a history that was rewritten whole, tiles and head included, by a head held from before', () => {
    const held = headOf(entries.slice(0, 600))
    const rewritten = exportOf(entries.slice(0, 1000).with(3, Buffer.from('rewritten')))
    expect(verifyLog(sha256, { ...rewritten, earlier: [held] })).toEqual({ code: 'HISTORY_REWRITTEN', size: 600 })
    const omitted = exportOf(entries.slice(0, 1000).toSpliced(3, 1))
    expect(verifyLog(sha256, { ...omitted, earlier: [held] })).toEqual({ code: 'HISTORY_REWRITTEN', size: 600 })
    const truncated = exportOf(entries.slice(0, 599))
    expect(verifyLog(sha256, { ...truncated, earlier: [held] })).toEqual({ code: 'HISTORY_SHORTER', size: 600 })
  })

  it('cannot see a rewrite after the last head held: that takes a newer head or a promise', () => {
    const rewritten = exportOf(entries.slice(0, 1000).with(700, Buffer.from('rewritten')))
    const held = headOf(entries.slice(0, 600))
    expect(verifyLog(sha256, { ...rewritten, earlier: [held] })).toEqual({ code: 'VERIFIED' })
  })

  it('[log/tampering] names a tile that is missing or has a wrong length', () => {
    for (const [path, tile] of [
      ['tile/0/001', { level: 0, index: 1, width: 256 }],
      ['tile/1/000', { level: 1, index: 0, width: 256 }],
      ['tile/2/000.p/1', { level: 2, index: 0, width: 1 }],
    ] as const) {
      const without = (wanted: Tile) => (tilePath(wanted) === path ? undefined : log.readTile(wanted))
      expect(verifyLog(sha256, { ...log, readTile: without })).toEqual({ code: 'TILE_MISSING', tile })
      const short = (wanted: Tile) =>
        tilePath(wanted) === path ? log.readTile(wanted)?.subarray(1) : log.readTile(wanted)
      expect(verifyLog(sha256, { ...log, readTile: short })).toEqual({ code: 'TILE_MALFORMED', tile })
    }
  })

  it('names an entry that no bundle could hold', () => {
    const large = small.entries.with(5, new Uint8Array(65_536))
    for (const verify of [verifyLog, verifyEntries]) {
      expect(verify(sha256, { ...small, entries: large })).toEqual({ code: 'ENTRY_TOO_LONG', index: 5 })
    }
  })
})
