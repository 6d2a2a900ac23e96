import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalEntries, growLog, hex, leafHashesOf, readTlogVectors, sha256 } from '../../tests/fixtures/tlog.ts'
import { consistencyProof, inclusionProof, rootOfLeaves, verifyConsistency, verifyInclusion } from './merkle.ts'
import {
  bundlesAt,
  decodeBundle,
  decodeTile,
  type EntryBundle,
  encodeBundle,
  encodeTile,
  entriesPath,
  type HashRange,
  rootOfTiles,
  subtreeHashes,
  subtreeReads,
  type Tile,
  tilePath,
  tilesAt,
} from './tiles.ts'

type Vectors = {
  paths: (Tile & { path: string })[]
  entriesPaths: (EntryBundle & { path: string })[]
  sizes: { size: number; levels: { full: number; partial: number }[] }[]
}

const vectors = readTlogVectors<Vectors>('tiles')

describe('paths', () => {
  it('[log/tiles] are those of C2SP tlog-tiles', () => {
    expect(vectors.paths.map(tilePath)).toEqual(vectors.paths.map(({ path }) => path))
    expect(vectors.entriesPaths.map(entriesPath)).toEqual(vectors.entriesPaths.map(({ path }) => path))
  })

  it('refuses tiles that cannot be', () => {
    for (const wrong of [{ width: 0 }, { width: 257 }, { index: -1 }, { level: 64 }, { level: 0.5 }]) {
      expect(() => tilePath({ level: 0, index: 0, width: 1, ...wrong })).toThrow(RangeError)
    }
  })
})

describe('tiles at a size', () => {
  it('[log/tiles] are those of the worked examples, none of them empty', () => {
    for (const { size, levels } of vectors.sizes) {
      const tiles = [...tilesAt(size)]
      const counted = levels.map((_, level) => {
        const ofLevel = tiles.filter((tile) => tile.level === level)
        const partial = ofLevel.filter(({ width }) => width < 256)
        return { full: ofLevel.length - partial.length, partial: partial[0]?.width ?? 0 }
      })
      expect(counted, String(size)).toEqual(levels)
      expect(tiles.every(({ level, width }) => level < levels.length && width > 0)).toBe(true)
      expect([...bundlesAt(size)]).toEqual(
        tiles.filter(({ level }) => level === 0).map(({ index, width }) => ({ index, width })),
      )
    }
  })
})

describe('entry bundles and tiles', () => {
  it('[log/tiles] decode to what was encoded, and no second encoding decodes', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 })
    fc.assert(
      fc.property(entries, (list) => {
        const bytes = encodeBundle(list)
        expect(decodeBundle(bytes, list.length)?.map(hex)).toEqual(list.map(hex))
        expect(decodeBundle(bytes.subarray(0, -1), list.length)).toBeUndefined()
        expect(decodeBundle(Buffer.concat([bytes, Buffer.of(0)]), list.length)).toBeUndefined()
        if (list.length > 1) expect(decodeBundle(bytes, list.length - 1)).toBeUndefined()
        expect(decodeBundle(bytes, list.length + 1)).toBeUndefined()
      }),
      { numRuns: 50 },
    )
  })

  it('[log/tiles] decode no bytes that they would not encode', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (bytes, width) => {
        const entries = decodeBundle(bytes, width)
        if (entries !== undefined) expect(hex(encodeBundle(entries))).toBe(hex(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  it('[log/tiles] hold an entry of 65,535 bytes and refuse one more', () => {
    const largest = new Uint8Array(65_535).fill(7)
    expect(decodeBundle(encodeBundle([largest]), 1)?.map(({ length }) => length)).toEqual([65_535])
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError)
    expect(() => encodeBundle([])).toThrow(RangeError)
    expect(() => encodeTile([])).toThrow(RangeError)
  })

  it('refuse a tile that is not as long as its width', () => {
    const hashes = leafHashesOf(decimalEntries(3))
    const bytes = encodeTile(hashes)
    expect(decodeTile(bytes, 3)?.map(hex)).toEqual(hashes.map(hex))
    for (const width of [0, 2, 4, 257]) expect(decodeTile(bytes, width)).toBeUndefined()
    expect(decodeTile(bytes.subarray(1), 3)).toBeUndefined()
  })
})

describe('kept hashes', () => {
  const entries = decimalEntries(66_200)
  const leafHashes = leafHashesOf(entries)

  it('[log/tiles] are the roots of their leaves, however the log grew', () => {
    const kept = growLog(entries, [1, 254, 1, 1, 255, 65_000, 24, 0, 664])
    const roots = rootOfLeaves(sha256, leafHashes)
    for (const [level, index] of [
      [1, 0],
      [1, 1],
      [1, 255],
      [1, 257],
      [2, 0],
    ] as const) {
      const width = 256 ** level
      const [hash] = kept.read({ level, from: index, to: index + 1 })
      expect(hex(hash!)).toBe(hex(roots({ from: index * width, to: (index + 1) * width })))
    }
    expect(() => kept.read({ level: 1, from: 258, to: 259 })).toThrow('not kept')
    expect(() => kept.read({ level: 2, from: 1, to: 2 })).toThrow('not kept')
  })

  it('[log/tiles] announces every range of earlier hashes that it reads, each within one tile', () => {
    const kept = growLog(entries)
    fc.assert(
      fc.property(fc.nat(66_000), fc.nat(600), (oldSize, step) => {
        const newSize = Math.min(oldSize + step, entries.length)
        const asked: HashRange[] = []
        const readHashes = (range: HashRange) => {
          asked.push(range)
          return kept.read(range)
        }
        subtreeHashes(sha256, { oldSize, leafHashes: leafHashes.slice(oldSize, newSize), readHashes })
        expect(asked).toEqual(subtreeReads({ oldSize, newSize }))
        for (const { from, to } of asked) expect(Math.floor(from / 256)).toBe(Math.floor((to - 1) / 256))
      }),
      { numRuns: 40 },
    )
    expect(subtreeReads({ oldSize: 65_535, newSize: 65_536 })).toEqual([
      { level: 0, from: 65_280, to: 65_535 },
      { level: 1, from: 0, to: 255 },
    ])
  })

  it('stops at a reader that returns too few hashes', () => {
    const growth = { oldSize: 255, leafHashes: leafHashes.slice(255, 256), readHashes: () => leafHashes.slice(0, 254) }
    expect(() => subtreeHashes(sha256, growth)).toThrow(RangeError)
  })

  it('[log/tiles] make proofs that verify, from few hashes', () => {
    const kept = growLog(entries)
    let read = 0
    const rootOfRange = rootOfTiles(sha256, (range) => {
      read += range.to - range.from
      return kept.read(range)
    })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: entries.length }), fc.nat(), (size, seed) => {
        const index = seed % size
        read = 0
        const proof = inclusionProof({ index, size, rootOfRange })
        expect(read).toBeLessThan(1600)
        const root = rootOfRange({ from: 0, to: size })
        expect(verifyInclusion(sha256, { index, size, leafHash: leafHashes[index]!, proof, root })).toBe(true)
        const oldSize = Math.max(1, index)
        const claim = { oldSize, oldRoot: rootOfRange({ from: 0, to: oldSize }), newSize: size, newRoot: root }
        const consistency = consistencyProof({ oldSize, newSize: size, rootOfRange })
        expect(verifyConsistency(sha256, { ...claim, proof: consistency })).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('gives no root of a range that is in no proof', () => {
    expect(() => rootOfTiles(sha256, () => [])({ from: 1, to: 300 })).toThrow(RangeError)
  })
})
