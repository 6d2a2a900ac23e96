// A request's body, cut into parts as it comes: each piece is walked for its framing and hashed on its way to the object
// store, which writes it meanwhile. Nothing is held but the piece at hand; plaintext is refused at its first octets.
import type { Hash } from 'node:crypto'
import type { BodyWalker } from '#openpgp/body-walker.ts'

/** The request ended within a part: the part does not count, and the client sends it again. */
export class PartCutShort extends Error {
  override readonly name = 'PartCutShort'
}

export interface PartToTake {
  readonly size: number
  readonly hash: Hash
  /** The body ends with it. */
  readonly last: boolean
}

export class ArrivingBody {
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #walker: BodyWalker
  #piece: Uint8Array = new Uint8Array()

  constructor({ stream, walker }: { readonly stream: AsyncIterable<Uint8Array>; readonly walker: BodyWalker }) {
    this.#pieces = stream[Symbol.asyncIterator]()
    this.#walker = walker
  }

  /** Waits for the next octet; false when the request has ended. */
  async hasMore(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next()
      if (next.done) return false
      this.#piece = next.value
    }
    return true
  }

  /** The next `size` octets. Throws PartCutShort, or EnvelopeError before it gives what is wrong. */
  async *take({ size, hash, last }: PartToTake): AsyncGenerator<Uint8Array> {
    for (let missing = size; missing > 0; ) {
      if (!(await this.hasMore())) throw new PartCutShort()
      const piece = this.#piece.subarray(0, missing)
      this.#piece = this.#piece.subarray(piece.length)
      missing -= piece.length
      await this.#walk(piece, last && missing === 0)
      hash.update(piece)
      yield piece
    }
  }

  /** A client hears an answer only once it has sent what it was sending: after a refusal the rest is thrown away. */
  async #walk(piece: Uint8Array, end: boolean): Promise<void> {
    try {
      this.#walker.push(piece)
      if (end) this.#walker.finish()
    } catch (refusal) {
      while (!(await this.#pieces.next()).done);
      throw refusal
    }
  }
}
