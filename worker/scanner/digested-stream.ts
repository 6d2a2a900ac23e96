// A stream that is digested as it is read, by whomever. A reader that stops early does not end it: the rest can still
// be read for its digest, so that a body is named by what it is even when nothing in it could be read.
import { type PartDigests, PartHasher } from '#openpgp/digests.ts'

export class DigestedStream {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #hasher = new PartHasher()

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Without `return`: leaving a loop over it leaves it where it is. */
  readonly bytes: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => this.#next() }) }

  /** Reads what is left, and gives the digests of everything. Once. */
  async finish(): Promise<PartDigests> {
    while (!(await this.#next()).done);
    return this.#hasher.finish()
  }

  /** Lets the source go, read or not. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const item = await this.#source.next()
    if (item.done) return { done: true, value: undefined }
    await this.#hasher.push(item.value)
    return item
  }
}
