// Two steps that encoder and decoder share: cutting a stream into equal chunks, and working on several at once in order.
// A source must not reuse a buffer it has yielded: chunks are views of it wherever possible.
import { concat } from './bytes.ts'

export interface Chunk {
  readonly bytes: Uint8Array
  /** What was left at the end: at most `size + tail - 1` octets. */
  readonly last: boolean
}

/**
 * Cuts into chunks of `size` octets (the first of `first`), and keeps at least `tail` octets for the last one.
 * Without a tail, a stream that ends on a chunk's edge has no last chunk.
 */
export async function* rechunk(input: {
  source: AsyncIterable<Uint8Array>
  first?: number
  size: number
  tail?: number
}): AsyncGenerator<Chunk, void> {
  const held: Uint8Array[] = []
  const tail = input.tail ?? 0
  let size = input.first ?? input.size
  let total = 0
  for await (const piece of input.source) {
    if (piece.length > 0) held.push(piece)
    total += piece.length
    while (total >= size + tail) {
      total -= size
      yield { bytes: take(held, size), last: false }
      size = input.size
    }
  }
  if (total > 0) yield { bytes: take(held, total), last: true }
}

/** Removes `size` octets from the front: a view when one piece holds them, else a copy. */
function take(held: Uint8Array[], size: number): Uint8Array {
  const taken: Uint8Array[] = []
  let missing = size
  while (missing > 0) {
    const piece = held[0]
    if (piece === undefined) throw new RangeError('take: fewer octets are held than asked for')
    const part = piece.length <= missing ? piece : piece.subarray(0, missing)
    if (part.length === piece.length) held.shift()
    else held[0] = piece.subarray(part.length)
    taken.push(part)
    missing -= part.length
  }
  const [only] = taken
  return taken.length === 1 && only ? only : concat(...taken)
}

/** Results in the order of the source, at most `limit` being worked on: memory stays flat however slow the reader is. */
export async function* mapInOrder<From, To>(input: {
  source: AsyncIterable<From>
  limit: number
  map: (item: From, index: number) => Promise<To>
}): AsyncGenerator<To> {
  const running: Promise<To>[] = []
  let index = 0
  for await (const item of input.source) {
    const result = input.map(item, index)
    // A failure is reported when its turn comes; until then, or when the reader went away, nobody awaits it.
    result.catch(() => undefined)
    running.push(result)
    index += 1
    if (running.length >= input.limit) yield* running.splice(0, 1)
  }
  yield* running
}
