// Feeds tus-js-client from a stream with flat memory: the part in flight is held, so that it can be sent again from its
// bytes, and the next is made meanwhile. Each part is hashed as it is cut, and its digest is journalled before its first
// byte leaves; where an earlier run let a part leave, only the very same bytes do (ARCHITECTURE.md#salt). The server's
// word counts for nothing: an offset that it made up gets no bytes.
import type { FileSource, SliceResult } from 'tus-js-client'
import type { Bytes, Sha256Hex } from '#domain/values.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { TrustRefused } from '../trust/trust-refused.ts'

/** A part in flight is asked for again when the network fails, not for ever. */
const maxTimes = 20

export interface PartLeaving {
  /** From 1. */
  readonly number: number
  readonly sha256: Sha256Hex
}

export interface PartSourceOptions {
  readonly body: AsyncIterable<Uint8Array>
  readonly size: number
  readonly partSize: number
  /** Digests of the parts that an earlier run let leave, from the first on. */
  readonly left?: readonly string[]
  /** Awaited before the first byte of a part that never left before. */
  readonly leaving?: (part: PartLeaving) => Promise<void>
}

/** Nothing is the network's fault, so it is not tried again. */
export class JournalFailed extends Error {
  override readonly name = 'JournalFailed'
}

interface Part {
  readonly bytes: Bytes
  readonly digest: string
}

export class PartSource implements FileSource {
  readonly size: number
  /** SHA-256 of each part so far. */
  readonly digests: string[] = []
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #partSize: number
  readonly #left: readonly string[]
  readonly #leaving: (part: PartLeaving) => Promise<void>
  #rest: Uint8Array = new Uint8Array()
  /** The part in flight, and where it begins. */
  #part: Bytes = new Uint8Array()
  #start = 0
  #times = 0
  /** Parts up to this one may leave, or have left. */
  #mayLeave: number
  /** The one after it, being made; and a buffer that nobody uses any more. */
  #next: Promise<Part> | null = null
  #spare: Bytes | null = null
  /** Where the last part that was begun to be made ends. */
  #made = 0
  /** Why no further part can be made. */
  #failed: Error | null = null

  constructor(options: PartSourceOptions) {
    this.size = options.size
    this.#pieces = options.body[Symbol.asyncIterator]()
    this.#partSize = options.partSize
    this.#left = options.left ?? []
    this.#mayLeave = this.#left.length
    this.#leaving = options.leaving ?? (async () => undefined)
  }

  /**
   * Only the held part or the one after it; what left before may be passed over. Nothing else may be asked for.
   * Throws TrustRefused TRUST_UPLOAD, EnvelopeError SOURCE_CHANGED, and what the body throws, however often it is asked.
   */
  async slice(start: number, end: number): Promise<SliceResult> {
    if (this.#part.length === 0 || start !== this.#start) await this.#goTo(start)
    if (end !== this.#end) throw refuse(`a wish for bytes ${start} to ${end}, other than are being sent`)
    this.#times += 1
    if (this.#times > maxTimes) throw refuse(`a wish for bytes ${start} to ${end}, again and again`)
    await this.#letLeave()
    // tus-js-client sends this as Content-Length.
    return { value: Object.assign(this.#part, { size: this.#part.length }), done: false }
  }

  /** The service has everything. Throws TrustRefused when it says so of bytes that never left. */
  async finish(): Promise<void> {
    while (this.#end < this.size || this.#part.length === 0) {
      this.#passOver(this.size)
      await this.#advance()
    }
  }

  close(): void {
    this.#next?.catch(() => undefined)
    void this.#pieces.return?.()
  }

  get #end(): number {
    return this.#start + this.#part.length
  }

  async #goTo(start: number): Promise<void> {
    if (start < this.#end || start >= this.size) throw refuse(`a wish for bytes from ${start}, which are gone`)
    while (this.#end < start) {
      this.#passOver(start)
      await this.#advance()
    }
    if (this.#end !== start) throw refuse(`a wish for bytes from ${start}, which are gone`)
    await this.#advance()
  }

  /** Once for each part, and again when the journal failed: no byte leaves that it does not know. */
  async #letLeave(): Promise<void> {
    const number = this.digests.length
    if (number <= this.#mayLeave) return
    try {
      await this.#leaving({ number, sha256: this.digests.at(-1) as Sha256Hex })
    } catch (cause) {
      throw new JournalFailed('the journal could not be written', { cause })
    }
    this.#mayLeave = number
  }

  /** Bytes that the service says it has must have left: in this run, or by the journal in an earlier one. */
  #passOver(to: number): void {
    if (this.digests.length < this.#left.length) return
    if (to === this.size) throw refuse('an end before the end')
    throw refuse(`a wish for bytes from ${to}, which are gone`)
  }

  async #advance(): Promise<void> {
    const start = this.#end
    const { bytes, digest } = await (this.#next ?? this.#make())
    const before = this.#left[this.digests.length]
    // Other contents under the same key and salt: nothing of them may leave.
    if (before !== undefined && before !== digest) throw new EnvelopeError('SOURCE_CHANGED', 'source-other')
    const { buffer } = this.#part
    this.#spare = buffer.byteLength === 0 ? null : new Uint8Array(buffer)
    this.#part = bytes
    this.#start = start
    this.#times = 0
    this.digests.push(digest)
    this.#next = this.#made < this.size ? this.#make() : null
    // Told by whoever asks for it; nobody may be listening before.
    this.#next?.catch(() => undefined)
  }

  /** What failed is not tried again: the body has moved on, and would give other bytes. */
  async #make(): Promise<Part> {
    if (this.#failed) throw this.#failed
    try {
      return await this.#cut()
    } catch (error) {
      this.#failed = error as Error
      throw error
    }
  }

  async #cut(): Promise<Part> {
    const length = Math.min(this.#partSize, this.size - this.#made)
    this.#made += length
    const buffer = this.#spare ?? new Uint8Array(Math.min(this.#partSize, this.size))
    this.#spare = null
    const bytes = buffer.subarray(0, length)
    for (let filled = 0; filled < length; ) {
      if (this.#rest.length === 0) this.#rest = await this.#nextPiece()
      const fits = this.#rest.subarray(0, length - filled)
      bytes.set(fits, filled)
      filled += fits.length
      this.#rest = this.#rest.subarray(fits.length)
    }
    if (this.#made === this.size) await this.#expectEnd()
    return { bytes, digest: await sha256(bytes) }
  }

  async #nextPiece(): Promise<Uint8Array> {
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
