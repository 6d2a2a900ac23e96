// Packet framing (RFC 9580 4.2): headers old and new, partial lengths, read piece by piece and written to a known length.
// Trusts nothing it reads and needs no key; what a packet means is decided in head, body-walker, body-decoder.
import { concat, uint32 } from './bytes.ts'
import { EnvelopeError, malformed } from './envelope-error.ts'

/** Packet tags by name (RFC 9580 5; 20 is LibrePGP's). */
export const TAG = {
  pkesk: 1,
  signature: 2,
  skesk: 3,
  onePassSignature: 4,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressed: 8,
  encryptedWithoutIntegrity: 9,
  marker: 10,
  literal: 11,
  encrypted: 18,
  librepgpAead: 20,
  padding: 21,
} as const

export interface PacketHeader {
  readonly tag: number
  readonly format: 'old' | 'new'
  /** Octets before the contents. */
  readonly headerLength: number
  /** Octets of contents in this frame; null for the old format's "until the end". */
  readonly length: number | null
  /** More frames of the same packet follow. */
  readonly partial: boolean
}

const LARGEST_LENGTH = 2 ** 32 - 1
const LARGEST_PARTIAL = 2 ** 30
const SMALLEST_FIRST_PARTIAL = 512

/** The tag that a packet's first octet names; null when it is no OpenPGP octet. */
export function tagOf(octet: number): number | null {
  if ((octet & 0x80) === 0) return null
  return (octet & 0x40) === 0 ? (octet >> 2) & 0x0f : octet & 0x3f
}

/** The header at `offset`; null when more octets are needed, or when there is no OpenPGP packet (see `tagOf`). */
export function readPacketHeader(bytes: Uint8Array, offset: number): PacketHeader | null {
  const octet = bytes[offset]
  const tag = octet === undefined ? null : tagOf(octet)
  if (octet === undefined || tag === null) return null
  if ((octet & 0x40) === 0) return oldHeader({ bytes, offset, tag, lengthType: octet & 3 })
  const length = readNewLength(bytes, offset + 1)
  return (
    length && { tag, format: 'new', headerLength: 1 + length.octets, length: length.length, partial: length.partial }
  )
}

function oldHeader(input: { bytes: Uint8Array; offset: number; tag: number; lengthType: number }): PacketHeader | null {
  const header = { tag: input.tag, format: 'old' as const, partial: false }
  if (input.lengthType === 3) return { ...header, headerLength: 1, length: null }
  const octets = 2 ** input.lengthType
  if (input.bytes.length < input.offset + 1 + octets) return null
  return { ...header, headerLength: 1 + octets, length: bigEndian(input.bytes, input.offset + 1, octets) }
}

interface NewLength {
  readonly octets: number
  readonly length: number
  readonly partial: boolean
}

/** A new-format length (RFC 9580 4.2.1); null when more octets are needed. */
function readNewLength(bytes: ArrayLike<number>, offset: number): NewLength | null {
  const first = bytes[offset]
  if (first === undefined) return null
  if (first < 192) return { octets: 1, length: first, partial: false }
  if (first >= 224 && first < 255) return { octets: 1, length: 2 ** (first & 0x1f), partial: true }
  const octets = first === 255 ? 5 : 2
  if (bytes.length < offset + octets) return null
  const length = first === 255 ? bigEndian(bytes, offset + 1, 4) : bigEndian(bytes, offset, 2) - 0xc000 + 192
  return { octets, length, partial: false }
}

function bigEndian(bytes: ArrayLike<number>, offset: number, octets: number): number {
  let value = 0
  for (let i = 0; i < octets; i += 1) value = value * 256 + (bytes[offset + i] ?? 0)
  return value
}

/** Where a reader stands between two pieces: plain JSON. */
export interface PacketReaderState {
  readonly state: 'tag' | 'length' | 'contents' | 'done'
  readonly lengthOctets: readonly number[]
  readonly remaining: number
  readonly partial: boolean
  readonly frames: number
}

/** Takes one new-format packet apart as its bytes pass, whatever pieces they come in, and refuses what is not that packet. */
export class PacketReader {
  readonly #tag: number
  readonly #refuse: (octet: number) => EnvelopeError
  #state: 'tag' | 'length' | 'contents' | 'done' = 'tag'
  #lengthOctets: number[] = []
  #remaining = 0
  #partial = false
  #frames = 0

  /** `refuse` names what a first octet of another packet means; it is asked for trailing octets too. */
  constructor(input: { tag: number; refuse: (octet: number, where: 'first' | 'after') => EnvelopeError }) {
    this.#tag = input.tag
    this.#refuse = (octet) => input.refuse(octet, this.#state === 'done' ? 'after' : 'first')
  }

  /** The contents in `piece`, without framing, as views of it. */
  push(piece: Uint8Array): Uint8Array[] {
    const contents: Uint8Array[] = []
    let offset = 0
    while (offset < piece.length) {
      if (this.#state === 'contents') {
        const taken = piece.subarray(offset, offset + this.#remaining)
        contents.push(taken)
        offset += taken.length
        this.#passed(taken.length)
      } else {
        this.#readOctet(piece[offset] ?? 0)
        offset += 1
      }
    }
    return contents
  }

  state(): PacketReaderState {
    return {
      state: this.#state,
      lengthOctets: [...this.#lengthOctets],
      remaining: this.#remaining,
      partial: this.#partial,
      frames: this.#frames,
    }
  }

  /** Goes on where another reader stood. */
  resume({ state, lengthOctets, remaining, partial, frames }: PacketReaderState): void {
    this.#state = state
    this.#lengthOctets = [...lengthOctets]
    this.#remaining = remaining
    this.#partial = partial
    this.#frames = frames
  }

  /** Call at the end of the bytes: the packet must have ended too. */
  finish(): void {
    if (this.#state !== 'done') throw malformed('truncated')
  }

  #readOctet(octet: number): void {
    if (this.#state === 'length') {
      this.#readLengthOctet(octet)
      return
    }
    if (this.#state === 'done' || tagOf(octet) !== this.#tag) throw this.#refuse(octet)
    if ((octet & 0x40) === 0) throw malformed('old-format')
    this.#state = 'length'
  }

  #readLengthOctet(octet: number): void {
    this.#lengthOctets.push(octet)
    const length = readNewLength(this.#lengthOctets, 0)
    if (length === null) return
    if (length.partial && this.#frames === 0 && length.length < SMALLEST_FIRST_PARTIAL)
      throw malformed('partial-length')
    this.#lengthOctets = []
    this.#frames += 1
    this.#partial = length.partial
    this.#remaining = length.length
    this.#state = 'contents'
    this.#passed(0)
  }

  #passed(octets: number): void {
    this.#remaining -= octets
    if (this.#remaining === 0) this.#state = this.#partial ? 'length' : 'done'
  }
}

/** Contents of the packet that `source` must be, from its first octet to its last. */
export async function* packetContents(input: {
  tag: number
  refuse: (octet: number, where: 'first' | 'after') => EnvelopeError
  source: AsyncIterable<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  const reader = new PacketReader(input)
  for await (const piece of input.source) yield* reader.push(piece)
  reader.finish()
}

/** Frames that hold `length` octets: 1 GiB partial ones while the rest does not fit one length, then a five-octet length. */
function framesOf(length: number): { partial: boolean; length: number }[] {
  const frames: { partial: boolean; length: number }[] = []
  let rest = length
  for (; rest > LARGEST_LENGTH; rest -= LARGEST_PARTIAL) frames.push({ partial: true, length: LARGEST_PARTIAL })
  return [...frames, { partial: false, length: rest }]
}

/** Octets of a packet written by `packet` around `length` octets of contents. */
export function packetLength(length: number): number {
  return 1 + framesOf(length).reduce((total, frame) => total + (frame.partial ? 1 : 5) + frame.length, 0)
}

/**
 * A new-format packet around contents of a length known before. Throws EnvelopeError SOURCE_CHANGED when the contents
 * are longer (before the first octet too many is yielded) or shorter.
 */
export async function* packet(input: {
  tag: number
  length: number
  contents: AsyncIterable<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  const frames = framesOf(input.length)
  let frame = frames.shift()
  let room = frame?.length ?? 0
  if (frame) yield concat(Uint8Array.of(0xc0 | input.tag), frameHeader(frame))
  for await (const piece of input.contents) {
    let rest = piece
    while (rest.length > 0) {
      if (room === 0) {
        frame = frames.shift()
        if (frame === undefined) throw new EnvelopeError('SOURCE_CHANGED', 'source-longer')
        room = frame.length
        yield frameHeader(frame)
      }
      const fits = rest.length <= room ? rest : rest.subarray(0, room)
      yield fits
      room -= fits.length
      rest = rest.subarray(fits.length)
    }
  }
  if (room > 0 || frames.length > 0) throw new EnvelopeError('SOURCE_CHANGED', 'source-shorter')
}

function frameHeader(frame: { partial: boolean; length: number }): Uint8Array {
  return frame.partial
    ? Uint8Array.of(0xe0 | Math.log2(frame.length))
    : concat(Uint8Array.of(0xff), uint32(frame.length))
}
