// Checks a body as it passes, without a key (ARCHITECTURE.md#bodies): framing to the end, header octets, a length that
// such a body can have, nothing after it. Catches truncation and trailing bytes; altered octets need the key.
import { BODY_HEADER_SIZE, measureContents, readBodyHeader } from './body-format.ts'
import { concat } from './bytes.ts'
import { measureCfbContents, readCfbVersion } from './cfb-format.ts'
import { malformed } from './envelope-error.ts'
import { PacketReader, type PacketReaderState, TAG } from './framing.ts'
import { refuseFirstOctet } from './head.ts'

/** Bodies a walker lets pass: one profile's, or whatever the decoder for bodies made elsewhere opens. */
export type AcceptedBody = 'v2-gcm' | 'v1-cfb' | 'any'

export interface WalkedBody {
  /** Octets of the body, framing included. */
  readonly length: number
  /** Version 1 is one stream: no chunks. */
  readonly chunks: number
  /** Octets inside: the file and its literal packet's few (and what else a body made elsewhere has there). */
  readonly plaintextLength: number
}

/** Where a walker stands between two pieces: plain JSON, so that an upload can go on in another process. */
export interface WalkerState {
  readonly reader: PacketReaderState
  readonly header: readonly number[]
  readonly received: number
  readonly contents: number
}

export class BodyWalker {
  readonly #reader = new PacketReader({
    tag: TAG.encrypted,
    refuse: (octet, where) => (where === 'after' ? malformed('trailing-bytes') : refuseFirstOctet(octet)),
  })
  readonly #announced: number | null
  readonly #accept: AcceptedBody
  #header: Uint8Array = new Uint8Array()
  #received = 0
  #contents = 0

  /**
   * `length`: octets announced for the whole body, or null when none were. `accept`: `v2-gcm` when left out.
   * `state`: where an earlier walker with the same `length` and `accept` stood.
   */
  constructor(input: { length: number | null; accept?: AcceptedBody; state?: WalkerState | null }) {
    this.#announced = input.length
    this.#accept = input.accept ?? 'v2-gcm'
    if (!input.state) return
    this.#reader.resume(input.state.reader)
    this.#header = Uint8Array.from(input.state.header)
    this.#received = input.state.received
    this.#contents = input.state.contents
  }

  state(): WalkerState {
    return {
      reader: this.#reader.state(),
      header: [...this.#header],
      received: this.#received,
      contents: this.#contents,
    }
  }

  /** Takes the next piece; throws EnvelopeError as soon as the bytes cannot be a body any more. */
  push(piece: Uint8Array): void {
    this.#received += piece.length
    for (const contents of this.#reader.push(piece)) {
      this.#contents += contents.length
      if (this.#header.length < BODY_HEADER_SIZE) this.#readHeader(contents)
    }
    if (this.#announced !== null && this.#received > this.#announced) throw malformed('wrong-length')
  }

  /** Call at the end of the bytes. Throws EnvelopeError. */
  finish(): WalkedBody {
    this.#reader.finish()
    const { chunks, plaintext } = this.#measure()
    if (this.#announced !== null && this.#received !== this.#announced) throw malformed('wrong-length')
    return { length: this.#received, chunks, plaintextLength: plaintext }
  }

  #readHeader(contents: Uint8Array): void {
    this.#header = concat(this.#header, contents.subarray(0, BODY_HEADER_SIZE - this.#header.length))
    if (this.#isCfb()) readCfbVersion(this.#header)
    else if (this.#header.length === BODY_HEADER_SIZE) this.#readChunkedHeader()
  }

  #measure(): { chunks: number; plaintext: number } {
    if (this.#isCfb()) return measureCfbContents(this.#contents)
    if (this.#header.length < BODY_HEADER_SIZE) throw malformed('truncated')
    return measureContents(this.#contents, this.#readChunkedHeader().chunkOctet)
  }

  #isCfb(): boolean {
    return this.#accept === 'v1-cfb' || (this.#accept === 'any' && this.#header[0] === 1)
  }

  #readChunkedHeader() {
    return readBodyHeader(this.#header, this.#accept === 'any' ? 'any' : 'ours')
  }
}
