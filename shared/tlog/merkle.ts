// The Merkle tree of a log: its hashes, its frontier, its proofs, and their verifiers.
// Owns the arithmetic only: it stores nothing and trusts nothing; verifiers answer false to every malformed input.
// RFC 6962 section 2.1; the verifiers are the algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
// Sizes halve by division, never by bit shifts (JavaScript shifts cut numbers to 32 bits).

import { equal, HASH_SIZE, isHash, isSize, requireSize, type Sha256 } from './bytes.ts'

/** Leaves `from` up to, not including, `to`. */
export type LeafRange = { readonly from: number; readonly to: number }

/** The root of the tree over the leaves of a range: MTH(D[from:to]) in RFC 6962. */
export type RootOfRange = (range: LeafRange) => Uint8Array

/**
 * What a log must remember to grow: the roots of the complete subtrees of a tree, left to right, largest first.
 * As many as `size` has one bits, so at most 53.
 */
export type Frontier = { readonly size: number; readonly hashes: readonly Uint8Array[] }

export const emptyFrontier: Frontier = { size: 0, hashes: [] }

// Inputs are put together in place: an array of its own for each hash would cost as much as the hash. Safe because
// everything here is synchronous and sha256 keeps nothing of what it is given.
const leafInput = new Uint8Array(1 + 65_535)
const nodeInput = new Uint8Array(1 + 2 * HASH_SIZE).fill(1, 0, 1)

/** SHA-256(0x00 || entry): RFC 6962 section 2.1. Entries are at most 65,535 bytes (C2SP tlog-tiles); longer throws RangeError. */
export function leafHash(sha256: Sha256, entry: Uint8Array): Uint8Array {
  leafInput.set(entry, 1)
  return sha256(leafInput.subarray(0, 1 + entry.length))
}

/** SHA-256(0x01 || left || right): the first byte keeps a node from passing for a leaf. */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  requireHash(left)
  requireHash(right)
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + HASH_SIZE)
  return sha256(nodeInput)
}

/**
 * A frontier as it was stored: `size` and its hashes.
 * Throws RangeError when they do not fit together, so that a damaged row stops the sequencer instead of forking the log.
 */
export function frontierOf(size: number, hashes: readonly Uint8Array[]): Frontier {
  requireSize(size)
  if (hashes.length !== oneBits(size) || !hashes.every(isHash)) {
    throw new RangeError(`these ${hashes.length} hashes are not the frontier of a tree of size ${size}`)
  }
  return { size, hashes }
}

/**
 * The frontier after appending leaf hashes, in their order.
 * With `height`, each hash is the root of a complete subtree of 2^height leaves; the frontier's size must be a multiple of that.
 */
export function append(
  sha256: Sha256,
  { frontier, hashes, height = 0 }: { frontier: Frontier; hashes: Iterable<Uint8Array>; height?: number },
): Frontier {
  const width = 2 ** height
  if (frontier.size % width !== 0) throw new RangeError(`no subtree of ${width} leaves fits at ${frontier.size}`)
  const kept = [...frontier.hashes]
  let count = frontier.size / width
  for (const hash of hashes) {
    requireHash(hash)
    let node = hash
    for (let left = count; left % 2 === 1; left = (left - 1) / 2) node = nodeHash(sha256, takeLast(kept), node)
    kept.push(node)
    count += 1
  }
  requireSize(count * width)
  return { size: count * width, hashes: kept }
}

/** The root of a frontier's tree; SHA-256 of nothing for the empty tree. */
export function frontierRoot(sha256: Sha256, { hashes }: Frontier): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array())
  return hashes.reduceRight((right, left) => nodeHash(sha256, left, right))
}

/** The root of the tree over these leaf hashes. */
export function rootOf(sha256: Sha256, leafHashes: Iterable<Uint8Array>): Uint8Array {
  return frontierRoot(sha256, append(sha256, { frontier: emptyFrontier, hashes: leafHashes }))
}

/** Reads range roots from leaf hashes at hand. */
export function rootOfLeaves(sha256: Sha256, leafHashes: readonly Uint8Array[]): RootOfRange {
  return ({ from, to }) => {
    if (to > leafHashes.length) throw new RangeError(`leaves end at ${leafHashes.length}, before ${to}`)
    return rootOf(sha256, leafHashes.slice(from, to))
  }
}

/**
 * The ranges whose roots are the inclusion proof, from the leaf upwards: PATH of RFC 6962 section 2.1.1.
 * Separate from the proof, so that a database can fetch what they need in one query.
 */
export function inclusionRanges({ index, size }: { index: number; size: number }): LeafRange[] {
  requireSize(index)
  requireSize(size)
  if (index >= size) throw new RangeError(`no leaf ${index} in a tree of size ${size}`)
  const ranges: LeafRange[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + leftSize(to - from)
    ranges.push(index < middle ? { from: middle, to } : { from, to: middle })
    if (index < middle) to = middle
    else from = middle
  }
  return ranges.reverse()
}

/** The ranges whose roots are the consistency proof: PROOF of RFC 6962 section 2.1.2. Refuses old size 0, which proves nothing. */
export function consistencyRanges({ oldSize, newSize }: { oldSize: number; newSize: number }): LeafRange[] {
  requireSize(oldSize)
  requireSize(newSize)
  if (oldSize === 0 || oldSize > newSize) throw new RangeError(`no consistency proof from ${oldSize} to ${newSize}`)
  const ranges: LeafRange[] = []
  let [from, to] = [0, newSize]
  while (oldSize !== to) {
    const middle = from + leftSize(to - from)
    ranges.push(oldSize <= middle ? { from: middle, to } : { from, to: middle })
    if (oldSize <= middle) to = middle
    else from = middle
  }
  // A last range that starts at leaf 0 is the old tree itself, whose root the verifier has.
  if (from !== 0) ranges.push({ from, to })
  return ranges.reverse()
}

export function inclusionProof(request: { index: number; size: number; rootOfRange: RootOfRange }): Uint8Array[] {
  return inclusionRanges(request).map(request.rootOfRange)
}

export function consistencyProof(request: {
  oldSize: number
  newSize: number
  rootOfRange: RootOfRange
}): Uint8Array[] {
  return consistencyRanges(request).map(request.rootOfRange)
}

export type InclusionClaim = {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

/** True only if the leaf hash stands at `index` in the tree of `size` leaves with this root. */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): boolean {
  const { index, size, proof, root } = claim
  if (!isSize(index) || !isSize(size) || index >= size) return false
  if (![claim.leafHash, root, ...proof].every(isHash)) return false
  let [at, last] = [index, size - 1]
  let node = claim.leafHash
  for (const sibling of proof) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      node = nodeHash(sha256, sibling, node)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      node = nodeHash(sha256, node, sibling)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && equal(node, root)
}

export type ConsistencyClaim = {
  readonly oldSize: number
  readonly oldRoot: Uint8Array
  readonly newSize: number
  readonly newRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * True only if the new tree begins with the whole old tree.
 * Old size 0 is false: every tree begins with nothing, so a protocol that allows it must say so itself.
 */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim
  if (!isSize(oldSize) || !isSize(newSize) || oldSize === 0 || oldSize > newSize) return false
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot)
  let [at, last] = [oldSize - 1, newSize - 1]
  while (at % 2 === 1) [at, last] = [half(at), half(last)]
  const [seed, ...rest] = at === 0 ? [oldRoot, ...proof] : proof
  if (seed === undefined) return false
  let [oldNode, newNode] = [seed, seed]
  for (const sibling of rest) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      oldNode = nodeHash(sha256, sibling, oldNode)
      newNode = nodeHash(sha256, sibling, newNode)
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)]
    } else {
      newNode = nodeHash(sha256, newNode, sibling)
    }
    ;[at, last] = [half(at), half(last)]
  }
  return last === 0 && equal(oldNode, oldRoot) && equal(newNode, newRoot)
}

/** The largest power of two below `size` (size >= 2): where RFC 6962 splits a tree. */
function leftSize(size: number): number {
  let left = 1
  while (left * 2 < size) left *= 2
  return left
}

function half(n: number): number {
  return Math.floor(n / 2)
}

function oneBits(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = half(rest)) bits += rest % 2
  return bits
}

function takeLast(hashes: Uint8Array[]): Uint8Array {
  const last = hashes.pop()
  if (last === undefined) throw new RangeError('the frontier has fewer hashes than its size needs')
  return last
}

function requireHash(hash: Uint8Array): void {
  if (!isHash(hash)) throw new RangeError(`a hash of ${hash.length} bytes`)
}
