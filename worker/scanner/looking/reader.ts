// A stream read by its octets: so many ahead, so many taken, so many passed on. Flat memory: what is looked at ahead is
// bounded by who asks. The content is hostile; that it ends too early is a finding.
import { NotLookedInto } from './not-looked-into.ts'

export class Reader {
  readonly #source: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()
  /** Octets that were taken or passed. */
  at = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** What comes next, and stays: fewer octets only at the end. */
  async peek(octets: number): Promise<Uint8Array> {
    while (this.#rest.length < octets) {
      const next = await this.#source.next()
      if (next.done) break
      this.#rest = new Uint8Array(Buffer.concat([this.#rest, next.value]))
    }
    return this.#rest.subarray(0, octets)
  }

  async take(octets: number): Promise<Buffer> {
    const taken = await this.peek(octets)
    if (taken.length < octets) throw new NotLookedInto('Cut')
    this.#advance(octets)
    return Buffer.from(taken.buffer, taken.byteOffset, taken.length)
  }

  /** Whatever is at hand; undefined at the end. */
  async some(): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0) await this.peek(1)
    const piece = this.#rest
    this.#advance(piece.length)
    return piece.length === 0 ? undefined : piece
  }

  /** Gives back the end of what `some` gave. */
  unread(piece: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? piece : new Uint8Array(Buffer.concat([piece, this.#rest]))
    this.at -= piece.length
  }

  async *pass(octets: number): AsyncGenerator<Uint8Array> {
    for (let left = octets; left > 0; ) {
      const piece = await this.some()
      if (piece === undefined) throw new NotLookedInto('Cut')
      if (piece.length > left) this.unread(piece.subarray(left))
      yield piece.subarray(0, left)
      left -= Math.min(left, piece.length)
    }
  }

  async isOver(): Promise<boolean> {
    return (await this.peek(1)).length === 0
  }

  async drain(): Promise<void> {
    while ((await this.some()) !== undefined);
  }

  #advance(octets: number): void {
    this.#rest = this.#rest.subarray(octets)
    this.at += octets
  }
}
