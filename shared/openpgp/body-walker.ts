// Checks a `v2-gcm` body as it passes, without a key (DESIGN 7, OPENPGP 7): framing to the end, header octets, a length
// that such a body can have, nothing after it. Catches truncation and trailing bytes; altered chunks need the key.
import { concat } from './bytes.ts'
import { BODY_HEADER_SIZE, measureContents, readBodyHeader } from './body-format.ts'
import { malformed } from './envelope-error.ts'
import { PacketReader, type PacketReaderState, TAG } from './framing.ts'
import { refuseFirstOctet } from './head.ts'

export interface WalkedBody {
  /** Octets of the body, framing included. */
  length: number
  chunks: number
  /** Octets inside: the file and its literal packet's few. */
  plaintextLength: number
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
  #header: Uint8Array = new Uint8Array()
  #received = 0
  #contents = 0

  /** `length`: octets announced for the whole body, or null when none were. `state`: where an earlier walker stood. */
  constructor(input: { length: number | null; state?: WalkerState | null }) {
    this.#announced = input.length
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
    const { chunks, plaintext } = measureContents(this.#contents)
    if (this.#announced !== null && this.#received !== this.#announced) throw malformed('wrong-length')
    return { length: this.#received, chunks, plaintextLength: plaintext }
  }

  #readHeader(contents: Uint8Array): void {
    this.#header = concat(this.#header, contents.subarray(0, BODY_HEADER_SIZE - this.#header.length))
    if (this.#header.length === BODY_HEADER_SIZE) readBodyHeader(this.#header)
  }
}
