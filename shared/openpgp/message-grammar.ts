// What may be inside a body (ARCHITECTURE.md#grammar): one binary literal packet, at most one compression layer around
// it, one-pass signatures if there are any. Nothing else, so that scanner and every recipient's program read the same
// file. Packets may be framed as anybody frames them: old and new format, partial and open lengths.
import { ByteReader } from './byte-reader.ts'
import { concat } from './bytes.ts'
import { EnvelopeError, malformed } from './envelope-error.ts'
import { type PacketHeader, readPacketHeader, TAG, tagOf } from './framing.ts'
import type { Compression, Inflate } from './primitives.ts'

export interface MessageLimits {
  /** Octets of the file at most: where a bomb ends. */
  readonly file: number
}

/** What was found around the file. Names are whatever the sender wrote, never a path to write to. */
export interface FoundInside {
  readonly compression: Compression | null
  /** Signatures that were passed over, not verified. */
  readonly signatures: number
  readonly name: string
}

const MOST_SIGNATURES = 16
const LARGEST_ONE_PASS = 1024
const LARGEST_SIGNATURE = 64 * 1024
const SMALLEST_FIRST_PARTIAL = 512

/** Yields the file in `source`, and tells `found` before the first octet of it. Throws EnvelopeError. */
export async function* readMessage(input: {
  source: AsyncIterable<Uint8Array>
  limits: MessageLimits
  /** Without one, every compressed message is refused. */
  inflate: Inflate | null
  found: (inside: FoundInside) => void
}): AsyncGenerator<Uint8Array> {
  const packets = new PacketSource(input.source)
  const first = await packets.next()
  if (first?.tag !== TAG.compressed) {
    yield* signedFile({ ...input, packets, first, compression: null })
    return
  }
  const contents = new ByteReader(first.contents)
  const compression = compressionOf((await contents.take(1))[0])
  if (input.inflate === null) throw malformed('compressed')
  const inflated = new PacketSource(named(input.inflate({ format: compression, source: contents.rest() })))
  yield* signedFile({ ...input, packets: inflated, first: await inflated.next(), compression })
  for await (const _ of contents.rest()) throw malformed('after-compressed')
  if ((await packets.next()) !== null) throw malformed('trailing-bytes')
}

function compressionOf(octet: number | undefined): Compression {
  if (octet === 1) return 'zip'
  if (octet === 2) return 'zlib'
  throw malformed('compressed-unscannable')
}

/**
 * An inflater's own errors by our names. Octets after the compressed stream are what sq 0.27 pads with; gpg reads them as
 * packets, so that a second file could hide in them.
 */
async function* named(inflated: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* inflated
  } catch (error) {
    if (error instanceof EnvelopeError) throw error
    throw malformed(error instanceof RangeError ? 'after-compressed' : 'compression-malformed')
  }
}

interface SignedFile {
  readonly packets: PacketSource
  readonly first: Packet | null
  readonly compression: Compression | null
  readonly limits: MessageLimits
  readonly found: (inside: FoundInside) => void
}

/** One-pass signatures, the literal packet, as many signatures, and the end. */
async function* signedFile({ packets, first, compression, limits, found }: SignedFile): AsyncGenerator<Uint8Array> {
  let packet = first
  let signatures = 0
  for (; packet?.tag === TAG.onePassSignature; signatures += 1) {
    if (signatures === MOST_SIGNATURES) throw malformed('signatures-malformed')
    await passOver(packet, LARGEST_ONE_PASS)
    packet = await packets.next()
  }
  if (packet?.tag !== TAG.literal) throw notLiteral(packet, compression)
  const literal = new ByteReader(packet.contents)
  found({ compression, signatures, name: await readName(literal) })
  yield* limited(literal.rest(), limits.file)
  for (let i = 0; i < signatures; i += 1) {
    const signature = await packets.next()
    if (signature?.tag !== TAG.signature) throw malformed(afterLiteral(signature, 'signatures-malformed'))
    await passOver(signature, LARGEST_SIGNATURE)
  }
  const more = await packets.next()
  if (more !== null) throw malformed(afterLiteral(more, 'trailing-bytes'))
}

function notLiteral(packet: Packet | null, compression: Compression | null): EnvelopeError {
  if (packet === null) return malformed('truncated')
  if (packet.tag === TAG.compressed) return malformed(compression === null ? 'compressed' : 'compressed-twice')
  if (packet.tag === TAG.signature) return malformed('signed-inside')
  if (packet.tag === TAG.pkesk || packet.tag === TAG.encrypted) return malformed('encrypted-inside')
  return malformed('not-literal')
}

function afterLiteral<Otherwise extends string>(packet: Packet | null, otherwise: Otherwise) {
  return packet?.tag === TAG.literal ? 'two-literals' : otherwise
}

/** Mode, name and date (RFC 9580 5.9). */
async function readName(literal: ByteReader): Promise<string> {
  const [mode, nameLength] = await literal.take(2)
  if (mode !== 0x62) throw malformed('not-binary')
  const name = await literal.take(nameLength ?? 0)
  await literal.take(4)
  return new TextDecoder().decode(name)
}

async function* limited(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const piece of source) {
    total += piece.length
    if (total > limit) throw malformed('more-than-allowed')
    yield piece
  }
}

async function passOver(packet: Packet, limit: number): Promise<void> {
  let total = 0
  for await (const piece of packet.contents) {
    total += piece.length
    if (total > limit) throw malformed('signatures-malformed')
  }
}

interface Packet {
  readonly tag: number
  /** To be read to its end before the next packet is asked for. */
  readonly contents: AsyncGenerator<Uint8Array>
}

/** Packets one after the other, however they are framed. */
class PacketSource {
  readonly #bytes: ByteReader

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#bytes = new ByteReader(source)
  }

  async next(): Promise<Packet | null> {
    if (await this.#bytes.atEnd()) return null
    const first = await this.#bytes.take(1)
    if (tagOf(first[0] ?? 0) === null) throw malformed('not-literal')
    const header = await this.#header(first)
    if (header.partial && (header.length ?? 0) < SMALLEST_FIRST_PARTIAL) throw malformed('partial-length')
    return { tag: header.tag, contents: this.#contents(header) }
  }

  /** At most six octets, read one by one. */
  async #header(first: Uint8Array): Promise<PacketHeader> {
    for (let octets = first; ; octets = concat(octets, await this.#bytes.take(1))) {
      const header = readPacketHeader(octets, 0)
      if (header !== null) return header
    }
  }

  async *#contents(first: PacketHeader): AsyncGenerator<Uint8Array> {
    for (let frame = first; ; frame = await this.#header(Uint8Array.of(0xc0 | first.tag))) {
      yield* frame.length === null ? this.#bytes.rest() : this.#bytes.pieces(frame.length)
      if (!frame.partial) return
    }
  }
}
