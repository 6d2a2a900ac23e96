// Reads a stream by the octet where its structure is read, and by the piece where contents only pass: nothing is copied
// that need not be, nothing is read ahead. The source is never closed by reading: who owns it goes on or closes it.
import { concat } from './bytes.ts'
import { malformed } from './envelope-error.ts'

const NOTHING = new Uint8Array()

export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Uint8Array = NOTHING

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Whether nothing is left; waits for the next octet. */
  async atEnd(): Promise<boolean> {
    while (this.#held.length === 0) {
      const next = await this.#source.next()
      if (next.done) return true
      this.#held = next.value
    }
    return false
  }

  /** Exactly `octets` of them, joined: for few. Throws EnvelopeError when the stream ends before. */
  async take(octets: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.pieces(octets)) pieces.push(piece)
    return concat(...pieces)
  }

  /** Exactly `octets` of them, as views of what came. Throws EnvelopeError when the stream ends before. */
  async *pieces(octets: number): AsyncGenerator<Uint8Array> {
    for (let missing = octets; missing > 0; ) {
      if (await this.atEnd()) throw malformed('truncated')
      const piece = this.#held.subarray(0, missing)
      this.#held = this.#held.subarray(piece.length)
      missing -= piece.length
      yield piece
    }
  }

  /** All that is left. */
  async *rest(): AsyncGenerator<Uint8Array> {
    while (!(await this.atEnd())) {
      const piece = this.#held
      this.#held = NOTHING
      yield piece
    }
  }
}
