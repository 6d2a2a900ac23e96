import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalEntries, hex, leafHashesOf, readTlogVectors, sha256 } from '../../tests/fixtures/tlog.ts'
import {
  append,
  consistencyProof,
  emptyFrontier,
  frontierOf,
  frontierRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  rootOfLeaves,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

type Rfc6962 = {
  leaves: string[]
  leafHashes: string[]
  roots: string[]
  inclusion: { index: number; size: number; proof: string[] }
  consistency: { oldSize: number; newSize: number; proof: string[] }
}
type Decimal = {
  roots: Record<string, string>
  inclusion: { index: number; size: number; hashes: number; sha256: string }
  consistency: { oldSize: number; newSize: number; hashes: number; sha256: string }
}

const certificateTransparency = readTlogVectors<Rfc6962>('rfc6962-trees')
const decimal = readTlogVectors<Decimal>('decimal-trees')
const leaves = leafHashesOf(decimalEntries(1000))
const rootOfRange = rootOfLeaves(sha256, leaves)
const rootAt = (size: number) => rootOfRange({ from: 0, to: size })
const joined = (proof: Uint8Array[]) => hex(sha256(Buffer.concat(proof)))
const other = sha256(Buffer.from('another'))

describe('hashes and roots', () => {
  it('[log/proofs] gives the leaf hashes and roots of the Certificate Transparency test set', () => {
    const hashes = certificateTransparency.leaves.map((leaf) => leafHash(sha256, Buffer.from(leaf, 'hex')))
    expect(hashes.map(hex)).toEqual(certificateTransparency.leafHashes)
    const roots = certificateTransparency.roots.map((_, size) => hex(rootOf(sha256, hashes.slice(0, size))))
    expect(roots).toEqual(certificateTransparency.roots)
  })

  it('[log/proofs] gives the roots that Go gives for larger trees', () => {
    const all = leafHashesOf(decimalEntries(70_000))
    for (const [size, root] of Object.entries(decimal.roots)) {
      expect(hex(rootOf(sha256, all.slice(0, Number(size)))), size).toBe(root)
    }
  })

  it('[log/proofs] grows to the same root in any steps, stored and read back between them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 12 }), (steps) => {
        let frontier = emptyFrontier
        for (const step of steps) {
          const grown = append(sha256, { frontier, hashes: leaves.slice(frontier.size, frontier.size + step) })
          frontier = frontierOf(grown.size, grown.hashes)
        }
        expect(hex(frontierRoot(sha256, frontier))).toBe(hex(rootAt(frontier.size)))
      }),
    )
  })

  it('refuses a stored frontier whose hashes do not fit its size', () => {
    const { size, hashes } = append(sha256, { frontier: emptyFrontier, hashes: leaves.slice(0, 7) })
    expect(() => frontierOf(size + 1, hashes)).toThrow(RangeError)
    expect(() => frontierOf(size, hashes.slice(1))).toThrow(RangeError)
    expect(() => frontierOf(size, [new Uint8Array(31), ...hashes.slice(1)])).toThrow(RangeError)
    expect(() => frontierOf(2 ** 53, [other])).toThrow(RangeError)
    expect(() => frontierOf(-1, [])).toThrow(RangeError)
  })

  it('counts beyond 32 bits', () => {
    const frontier = frontierOf(2 ** 40 + 1, [leaves[0]!, leaves[1]!])
    const grown = append(sha256, { frontier, hashes: [leaves[2]!] })
    expect(grown.size).toBe(2 ** 40 + 2)
    expect(grown.hashes).toHaveLength(2)
  })

  it('[log/proofs] hashes the largest entry and refuses one byte more', () => {
    const largest = new Uint8Array(65_535).fill(9)
    expect(hex(leafHash(sha256, largest))).toBe(hex(sha256(Buffer.concat([Buffer.of(0), largest]))))
    expect(() => leafHash(sha256, new Uint8Array(65_536))).toThrow(RangeError)
  })

  it('refuses what is no hash, and a subtree where none fits', () => {
    expect(() => nodeHash(sha256, other, other.subarray(1))).toThrow(RangeError)
    expect(() => append(sha256, { frontier: emptyFrontier, hashes: [new Uint8Array(31)] })).toThrow(RangeError)
    const frontier = append(sha256, { frontier: emptyFrontier, hashes: leaves.slice(0, 3) })
    expect(() => append(sha256, { frontier, hashes: [other], height: 1 })).toThrow(RangeError)
  })
})

describe('proofs', () => {
  it('[log/proofs] makes the proofs of the Certificate Transparency test set', () => {
    const hashes = certificateTransparency.leafHashes.map((leaf) => Buffer.from(leaf, 'hex'))
    const { inclusion, consistency } = certificateTransparency
    const range = rootOfLeaves(sha256, hashes)
    const base64 = (proof: Uint8Array[]) => proof.map((node) => Buffer.from(node).toString('base64'))
    expect(base64(inclusionProof({ ...inclusion, rootOfRange: range }))).toEqual(inclusion.proof)
    expect(base64(consistencyProof({ ...consistency, rootOfRange: range }))).toEqual(consistency.proof)
  })

  it('[log/proofs] makes the proofs that Go makes in a tree of 1,000 entries', () => {
    const inclusion = inclusionProof({ ...decimal.inclusion, rootOfRange })
    expect([inclusion.length, joined(inclusion)]).toEqual([decimal.inclusion.hashes, decimal.inclusion.sha256])
    const consistency = consistencyProof({ ...decimal.consistency, rootOfRange })
    expect([consistency.length, joined(consistency)]).toEqual([decimal.consistency.hashes, decimal.consistency.sha256])
  })

  it('[log/proofs] proves every pair of sizes up to 300 consistent', () => {
    // Roots of ranges repeat among the 45,000 proofs: kept, or the test would only measure SHA-256.
    const kept = new Map<string, Uint8Array>()
    const keptRoot = (range: { from: number; to: number }) => {
      const name = `${range.from}-${range.to}`
      const root = kept.get(name) ?? rootOfRange(range)
      kept.set(name, root)
      return root
    }
    let proved = 0
    for (let newSize = 1; newSize <= 300; newSize += 1) {
      for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
        const proof = consistencyProof({ oldSize, newSize, rootOfRange: keptRoot })
        const [oldRoot, newRoot] = [keptRoot({ from: 0, to: oldSize }), keptRoot({ from: 0, to: newSize })]
        if (verifyConsistency(sha256, { oldSize, oldRoot, newSize, newRoot, proof })) proved += 1
      }
    }
    expect(proved).toBe((300 * 301) / 2)
  })

  it('[log/proofs] proves every leaf of every tree up to 70 leaves included, and at no other index', () => {
    for (let size = 1; size <= 70; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const claim = { index, size, leafHash: leaves[index]!, root: rootAt(size) }
        const proof = inclusionProof({ index, size, rootOfRange })
        expect(verifyInclusion(sha256, { ...claim, proof })).toBe(true)
        expect(verifyInclusion(sha256, { ...claim, index: (index + 1) % (size + 1), proof })).toBe(false)
      }
    }
  })

  it('[log/proofs] believes no inclusion proof that was changed in any part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), fc.nat(), fc.nat(), (size, seed, place) => {
        const index = seed % size
        const proof = inclusionProof({ index, size, rootOfRange })
        const claim = { index, size, leafHash: leaves[index]!, proof, root: rootAt(size) }
        const at = place % proof.length
        expect(verifyInclusion(sha256, claim)).toBe(true)
        for (const changed of [
          { leafHash: other },
          { root: other },
          { index: size },
          { index: -1 },
          { index: index + 0.5 },
          { size: 2 ** 53 },
          { proof: proof.with(at, other) },
          { proof: proof.with(at, new Uint8Array()) },
          { proof: proof.toSpliced(at, 1) },
          { proof: [...proof, other] },
          { root: new Uint8Array() },
        ]) {
          expect(verifyInclusion(sha256, { ...claim, ...changed }), JSON.stringify(changed)).toBe(false)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('[log/proofs] believes no consistency proof that was changed in any part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), fc.nat(), fc.nat(), (newSize, seed, place) => {
        const oldSize = 1 + (seed % (newSize - 1))
        const proof = consistencyProof({ oldSize, newSize, rootOfRange })
        const claim = { oldSize, oldRoot: rootAt(oldSize), newSize, newRoot: rootAt(newSize), proof }
        const at = place % proof.length
        expect(verifyConsistency(sha256, claim)).toBe(true)
        for (const changed of [
          { oldRoot: other },
          { newRoot: other },
          { oldSize: 0 },
          { oldSize: 0, proof: [] },
          { oldSize: newSize + 1 },
          { newSize: 2 ** 53 },
          { proof: [] },
          { proof: proof.with(at, other) },
          { proof: proof.with(at, new Uint8Array(33)) },
          { proof: proof.toSpliced(at, 1) },
          { proof: [...proof, other] },
        ]) {
          expect(verifyConsistency(sha256, { ...claim, ...changed }), JSON.stringify(changed)).toBe(false)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('accepts only an empty proof between equal sizes', () => {
    const claim = { oldSize: 9, oldRoot: rootAt(9), newSize: 9, newRoot: rootAt(9) }
    expect(verifyConsistency(sha256, { ...claim, proof: [] })).toBe(true)
    expect(verifyConsistency(sha256, { ...claim, proof: [other] })).toBe(false)
    expect(verifyConsistency(sha256, { ...claim, newRoot: rootAt(8), proof: [] })).toBe(false)
  })

  it('[log/proofs] believes no proof that stops below the root', () => {
    const root = rootAt(2)
    expect(verifyInclusion(sha256, { index: 0, size: 2, leafHash: root, proof: [], root })).toBe(false)
    expect(verifyInclusion(sha256, { index: 1, size: 300, leafHash: root, proof: [], root })).toBe(false)
    const claim = { oldSize: 2, oldRoot: root, newRoot: root, proof: [] }
    expect(verifyConsistency(sha256, { ...claim, newSize: 3 })).toBe(false)
  })

  it('[log/proofs] believes no proof that goes on above the root', () => {
    const [first, second] = leaves
    const tooSmall = { index: 0, size: 1, leafHash: second!, proof: [first!], root: rootAt(2) }
    expect(verifyInclusion(sha256, tooSmall)).toBe(false)
    const proof = [...consistencyProof({ oldSize: 3, newSize: 4, rootOfRange }), other]
    const above = (size: number) => nodeHash(sha256, other, rootAt(size))
    const madeUp = { oldSize: 3, oldRoot: above(3), newSize: 4, newRoot: above(4), proof }
    expect(verifyConsistency(sha256, madeUp)).toBe(false)
  })

  it('[log/proofs] believes no consistency from size 0, however the proof is made up', () => {
    const madeUp = { oldSize: 0, oldRoot: leaves[0]!, newSize: 2, newRoot: rootAt(2), proof: leaves.slice(0, 2) }
    expect(verifyConsistency(sha256, madeUp)).toBe(false)
    const nothing = { oldSize: 0, oldRoot: rootAt(0), newSize: 0, newRoot: rootAt(0), proof: [] }
    expect(verifyConsistency(sha256, nothing)).toBe(false)
  })

  it('makes no proof of what is not there', () => {
    expect(() => inclusionProof({ index: 5, size: 5, rootOfRange })).toThrow(RangeError)
    expect(() => consistencyProof({ oldSize: 0, newSize: 5, rootOfRange })).toThrow(RangeError)
    expect(() => consistencyProof({ oldSize: 6, newSize: 5, rootOfRange })).toThrow(RangeError)
    expect(() => rootOfRange({ from: 0, to: 1001 })).toThrow(RangeError)
  })
})
