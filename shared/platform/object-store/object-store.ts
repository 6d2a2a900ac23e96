/**
 * Where ciphertext bodies lie: an interface with a file store behind it now and S3 beside that later. One contract
 * suite (tests/integration/platform/object-store.contract.ts) runs on every implementation. Trusts its callers for
 * who may read; refuses any key that is not made of random ids.
 *
 * The contract:
 * - An object comes from one upload of numbered parts, 1, 2, 3, ..., each `PART_SIZE` octets, the last 1 to PART_SIZE.
 * - A part is durable when `putPart` returns; putting the same number again replaces it, with another tag.
 * - Bytes may be given as they come: when they throw, `putPart` throws the same, and there is no such part.
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

export type ObjectStore = {
  /** Opens an upload and gives its id. Throws `ObjectExists` at `complete`, not here. */
  begin(key: string): Promise<string>
  /** Durable when it returns. The tag names exactly these bytes in this upload. Throws `PartsRefused`. */
  putPart(part: { key: string; uploadId: string; number: number; bytes: PartBytes }): Promise<string>
  /** All parts, in order, by the tags that `putPart` gave. Throws `ObjectExists`, `UploadNotFound`, `PartsRefused`. */
  complete(upload: { key: string; uploadId: string; parts: readonly UploadedPart[] }): Promise<void>
  abort(upload: { key: string; uploadId: string }): Promise<void>
  /** A completed object, whole or a range of it that lies inside. Throws `ObjectNotFound`, `RangeError`. */
  read(key: string, range?: Range): Promise<AsyncIterable<Uint8Array>>
  /** Octets of a completed object, undefined when there is none. */
  size(key: string): Promise<number | undefined>
  delete(key: string): Promise<void>
  /** Keys of completed objects that begin with `prefix`, sorted. */
  list(prefix: string): AsyncIterable<string>
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

/** Gives the key back, or throws: nothing else may become part of a path. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw new RangeError('an object key has only lower-case letters and digits between slashes')
  return key
}
