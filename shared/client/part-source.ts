// Feeds tus-js-client from a stream with flat memory: one part is held, so that a part in flight can be sent again from
// its bytes, never encrypted again (DESIGN 4.3). Each part is hashed as it is cut; the server's word counts for nothing: an
// offset that it made up gets no bytes (RISKS A14).
import type { FileSource, SliceResult } from 'tus-js-client'
import { sha256 } from '#openpgp/webcrypto.ts'
import { TrustRefused } from './trust-refused.ts'

/** A part in flight is asked for again when the network fails, not for ever. */
const maxTimes = 20

export class PartSource implements FileSource {
  readonly size: number
  /** SHA-256 of each part so far. */
  readonly digests: string[] = []
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #part: Uint8Array<ArrayBuffer>
  #rest: Uint8Array = new Uint8Array()
  #start = 0
  #times = 0
  #length = 0

  constructor(input: { body: AsyncIterable<Uint8Array>; size: number; partSize: number }) {
    this.size = input.size
    this.#pieces = input.body[Symbol.asyncIterator]()
    this.#part = new Uint8Array(Math.min(input.partSize, input.size))
  }

  /** Only the held part or the one after it: nothing else may be asked for. Throws TrustRefused TRUST_UPLOAD. */
  async slice(start: number, end: number): Promise<SliceResult> {
    if (start !== this.#start || this.#length === 0) await this.#advance(start)
    if (end !== this.#start + this.#length)
      throw refuse(`a wish for bytes ${start} to ${end}, other than are being sent`)
    this.#times += 1
    if (this.#times > maxTimes) throw refuse(`a wish for bytes ${start} to ${end}, again and again`)
    const value = this.#part.subarray(0, this.#length)
    // tus-js-client sends this as Content-Length.
    return { value: Object.assign(value, { size: value.length }), done: false }
  }

  /** Whether everything has been given: an upload that is over before is none. */
  get isWhole(): boolean {
    return this.#length > 0 && this.#start + this.#length === this.size
  }

  close(): void {
    void this.#pieces.return?.()
  }

  async #advance(start: number): Promise<void> {
    if (start !== this.#start + this.#length) throw refuse(`a wish for bytes from ${start}, which are gone`)
    this.#start = start
    this.#times = 0
    this.#length = 0
    const wanted = Math.min(this.#part.length, this.size - start)
    while (this.#length < wanted) {
      if (this.#rest.length === 0) this.#rest = await this.#next()
      const fits = this.#rest.subarray(0, wanted - this.#length)
      this.#part.set(fits, this.#length)
      this.#length += fits.length
      this.#rest = this.#rest.subarray(fits.length)
    }
    this.digests.push(await sha256(this.#part.subarray(0, this.#length)))
    if (start + this.#length === this.size) await this.#expectEnd()
  }

  async #next(): Promise<Uint8Array> {
    const { done, value } = await this.#pieces.next()
    if (done) throw new RangeError('the body is shorter than announced')
    return value
  }

  /** Runs the encoder to its end, where it notices a file that grew. */
  async #expectEnd(): Promise<void> {
    const { done } = await this.#pieces.next()
    if (!done || this.#rest.length > 0) throw new RangeError('the body is longer than announced')
  }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_UPLOAD', saw })
}
