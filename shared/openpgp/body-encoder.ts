// Encrypts one file into a `v2-gcm` body (ARCHITECTURE.md#why-our-own-gcm-body): length known before the first byte, 8
// chunks at once, flat memory. The caller gives session key and salt, and must never give the same pair for different
// contents (ARCHITECTURE.md#salt).
import {
  BodyCipher,
  bodyHeader,
  CHUNK_SIZE,
  contentsLength,
  IN_FLIGHT,
  LITERAL_HEADER,
  plaintextLength,
} from './body-format.ts'
import { packet, packetLength, TAG } from './framing.ts'
import type { SessionKey } from './session-key.ts'
import { mapInOrder, rechunk } from './streams.ts'

/** Octets of the body of a file of `length` octets. */
export function bodyLength(length: number): number {
  return packetLength(contentsLength(length))
}

/**
 * Yields the body, `bodyLength(length)` octets in all. `salt`: 32 random octets. `source` must not reuse a buffer it has
 * yielded. Throws EnvelopeError SOURCE_CHANGED when the source is longer or shorter than `length`.
 */
export async function* encodeBody(input: {
  sessionKey: SessionKey
  salt: Uint8Array
  length: number
  source: AsyncIterable<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  const literal = packet({
    tag: TAG.literal,
    length: LITERAL_HEADER.length + input.length,
    contents: literalContents(input.source),
  })
  yield* packet({
    tag: TAG.encrypted,
    length: contentsLength(input.length),
    contents: sealed({ ...input, plaintext: literal }),
  })
}

async function* literalContents(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield LITERAL_HEADER
  yield* source
}

async function* sealed(input: {
  sessionKey: SessionKey
  salt: Uint8Array
  length: number
  plaintext: AsyncIterable<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  const cipher = await BodyCipher.from(input)
  yield bodyHeader(input.salt)
  yield* mapInOrder({
    source: rechunk({ source: input.plaintext, size: CHUNK_SIZE }),
    limit: IN_FLIGHT,
    map: (chunk, index) => cipher.sealChunk(chunk.bytes, index),
  })
  const plaintext = plaintextLength(input.length)
  yield await cipher.finalTag({ chunks: Math.ceil(plaintext / CHUNK_SIZE), plaintext })
}
