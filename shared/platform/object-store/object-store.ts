/**
 * Where ciphertext bodies lie: a small interface with a file store and S3 behind it. One contract suite
 * (tests/integration/platform/object-store.contract.ts) runs on both. Trusts its callers for who may read; refuses any
 * key that is not made of random ids. No store is trusted with what it gives back: digests of ours decide
 * (ARCHITECTURE.md#object-store).
 *
 * The contract:
 * - An object comes from one upload of numbered parts, 1, 2, 3, ..., each `PART_SIZE` octets, the last 1 to PART_SIZE.
 * - A part is durable when `putPart` returns; putting the same number again replaces it, with another tag.
 * - Bytes may be given as they come: when they throw, or are not as many as was said, `putPart` throws, and there is no
 *   such part.
 * - `complete` is atomic: the object is there whole, or not at all. It never replaces an object of the same key.
 * - `abort` and `delete` may be repeated; what is not there is no error.
 * - One writer per upload (the caller holds a lease); readers need none.
 */

export const PART_SIZE = 8 * 1024 * 1024

/** Lower-case letters and digits in 1 to 4 segments: `6f0c.../93ab...`. */
const KEY = /^[0-9a-z]{1,64}(\/[0-9a-z]{1,64}){0,3}$/

/** `end` is exclusive. */
export type Range = { start: number; end: number }
/** At once, or piece by piece as they come; a piece must not be changed after it was given. */
export type PartBytes = Uint8Array | AsyncIterable<Uint8Array>
export type UploadedPart = { number: number; tag: string }
/** A part as the store has it. */
export type StoredPart = UploadedPart & { length: number }
/** An upload that was begun, and neither completed nor aborted. */
export type UploadInProgress = { key: string; uploadId: string; begunAt: Date }

export type ObjectStore = {
  /** Opens an upload and gives its id. Throws `ObjectExists` at `complete`, not here. */
  begin(key: string): Promise<string>
  /** Durable when it returns. The tag names exactly these bytes in this upload. Throws `PartsRefused`. */
  putPart(part: { key: string; uploadId: string; number: number; length: number; bytes: PartBytes }): Promise<string>
  /** All parts, in order, by the tags that `putPart` gave. Throws `ObjectExists`, `UploadNotFound`, `PartsRefused`. */
  complete(upload: { key: string; uploadId: string; parts: readonly UploadedPart[] }): Promise<void>
  abort(upload: { key: string; uploadId: string }): Promise<void>
  /** A completed object, whole or a range of it that lies inside; to be read or left, once. Throws `ObjectNotFound`, `RangeError`. */
  read(key: string, range?: Range): Promise<AsyncIterable<Uint8Array>>
  /** Octets of a completed object, undefined when there is none. */
  size(key: string): Promise<number | undefined>
  delete(key: string): Promise<void>
  /** Keys of completed objects that begin with `prefix`, sorted. */
  list(prefix: string): AsyncIterable<string>
  /** Uploads under way whose keys begin with `prefix`: what a sweep looks through for leftovers. */
  uploadsInProgress(prefix: string): AsyncIterable<UploadInProgress>
}

export class ObjectNotFound extends Error {
  override readonly name = 'ObjectNotFound'
}
export class ObjectExists extends Error {
  override readonly name = 'ObjectExists'
}
export class UploadNotFound extends Error {
  override readonly name = 'UploadNotFound'
}
/** The parts named are not those stored, or leave a gap, or have a wrong length. */
export class PartsRefused extends Error {
  override readonly name = 'PartsRefused'
}

/** The store could not be reached, had no room, or did not answer in time: try later. */
export class ObjectStoreUnavailable extends Error {
  override readonly name = 'ObjectStoreUnavailable'
}

/** Throws unless a part of this number may be so long. */
export function checkPart({ number, length, most }: { number: number; length: number; most: number }): void {
  if (!Number.isInteger(number) || number < 1 || number > most) throw new PartsRefused(`parts count from 1 to ${most}`)
  if (!Number.isInteger(length) || length < 1) throw new PartsRefused('a part has at least 1 octet')
  if (length > PART_SIZE) throw new PartsRefused('a part has at most 8 MiB')
}

/**
 * The pieces of a part, each given on when the next is there, and the last when the source has ended well: whoever waits
 * for `length` octets never has them all of a source that broke off or went on.
 */
export async function* exactly(length: number, bytes: PartBytes): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined
  let seen = 0
  for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
    seen += piece.length
    if (seen > length) throw new PartsRefused('a part is longer than was said')
    if (held !== undefined) yield held
    held = piece
  }
  if (seen < length) throw new PartsRefused('a part is shorter than was said')
  if (held !== undefined) yield held
}

/** What a generator reads from is let go when its reader leaves; also before it began, when no `finally` of it runs. */
export function lettingGo(bytes: AsyncGenerator<Uint8Array>, letGo: () => unknown): AsyncIterable<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = {
    next: () => bytes.next(),
    async return() {
      const ended = await bytes.return(undefined)
      await letGo()
      return ended
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/** Length of the whole object; throws unless the parts named are those stored, whole and without a gap. */
export function wholeLength(of: { parts: readonly UploadedPart[]; stored: readonly StoredPart[] }): number {
  const { parts, stored } = of
  if (parts.length === 0 || parts.length !== stored.length) throw new PartsRefused('every stored part is to be named')
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  return parts.reduce((length, { number, tag }, index) => {
    const found = byNumber.get(number)
    if (number !== index + 1 || found?.tag !== tag) throw new PartsRefused(`part ${index + 1} is not the stored one`)
    const isLast = index === parts.length - 1
    if (!isLast && found.length !== PART_SIZE) throw new PartsRefused(`part ${number} is shorter than 8 MiB`)
    return length + found.length
  }, 0)
}

/** Gives the key back, or throws: nothing else may become part of a path. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new RangeError('an object key has only lower-case letters and digits between slashes')
  return key
}
