// Decrypts a `v2-gcm` body to the one binary literal packet inside it, streaming, 8 chunks at once (DESIGN 4.5, 7).
// Anything else inside is refused by name: one grammar, so that scanner and recipient cannot read different files.
import {
  BODY_HEADER_SIZE,
  BodyCipher,
  CHUNK_SIZE,
  IN_FLIGHT,
  readBodyHeader,
  SEALED_CHUNK_SIZE,
  TAG_SIZE,
} from './body-format.ts'
import { concat } from './bytes.ts'
import { type EnvelopeError, malformed } from './envelope-error.ts'
import { packetContents, TAG, tagOf } from './framing.ts'
import { refuseFirstOctet } from './head.ts'
import type { SessionKey } from './session-key.ts'
import { type Chunk, mapInOrder, rechunk } from './streams.ts'

/**
 * Yields the file's bytes. **Until it has ended without an error nothing is verified as a whole**: each chunk was checked,
 * but the file may still prove cut short. Write to a temporary place, rename or show only after the end.
 * `source` must not reuse a buffer it has yielded. Throws EnvelopeError.
 */
export async function* decodeBody(input: {
  sessionKey: SessionKey
  source: AsyncIterable<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  const contents = packetContents({ tag: TAG.encrypted, refuse: refuseOuter, source: input.source })
  const literal = packetContents({
    tag: TAG.literal,
    refuse: refuseInner,
    source: opened({ sessionKey: input.sessionKey, contents }),
  })
  yield* withoutLiteralHeader(literal)
}

function refuseOuter(octet: number, where: 'first' | 'after'): EnvelopeError {
  return where === 'after' ? malformed('trailing-bytes') : refuseFirstOctet(octet)
}

function refuseInner(octet: number, where: 'first' | 'after'): EnvelopeError {
  const tag = tagOf(octet)
  if (where === 'after') return malformed(tag === TAG.literal ? 'two-literals' : 'trailing-bytes')
  if (tag === TAG.compressed) return malformed('compressed')
  if (tag === TAG.onePassSignature || tag === TAG.signature) return malformed('signed-inside')
  if (tag === TAG.pkesk || tag === TAG.encrypted) return malformed('encrypted-inside')
  return malformed('not-literal')
}

async function* opened(input: {
  sessionKey: SessionKey
  contents: AsyncIterable<Uint8Array>
}): AsyncGenerator<Uint8Array> {
  const chunks = rechunk({
    source: input.contents,
    first: BODY_HEADER_SIZE,
    size: SEALED_CHUNK_SIZE,
    tail: TAG_SIZE,
  })
  const header = await chunks.next()
  if (header.done || header.value.last) throw malformed('truncated')
  const cipher = await BodyCipher.from({ sessionKey: input.sessionKey, salt: readBodyHeader(header.value.bytes) })
  yield* mapInOrder({
    source: chunks,
    limit: IN_FLIGHT,
    map: (chunk, index) => openChunk({ cipher, chunk, index }),
  })
}

async function openChunk(input: { cipher: BodyCipher; chunk: Chunk; index: number }): Promise<Uint8Array> {
  const { cipher, chunk, index } = input
  if (!chunk.last) return cipher.openChunk(chunk.bytes, index)
  const sealed = chunk.bytes.subarray(0, -TAG_SIZE)
  if (sealed.length > 0 && sealed.length <= TAG_SIZE) throw malformed('truncated')
  const plaintext = sealed.length > 0 ? await cipher.openChunk(sealed, index) : sealed
  await cipher.checkFinalTag({
    tag: chunk.bytes.subarray(-TAG_SIZE),
    chunks: sealed.length > 0 ? index + 1 : index,
    plaintext: index * CHUNK_SIZE + plaintext.length,
  })
  return plaintext
}

/** Drops mode, name and date (RFC 9580 5.9); the name is nobody's promise and ignored. */
async function* withoutLiteralHeader(contents: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let header: Uint8Array | null = new Uint8Array()
  for await (const piece of contents) {
    if (header === null) {
      yield piece
      continue
    }
    header = concat(header, piece)
    const [mode, nameLength] = header
    if (mode !== undefined && mode !== 0x62) throw malformed('not-binary')
    const length = 2 + (nameLength ?? 0) + 4
    if (header.length < length) continue
    const file: Uint8Array = header.subarray(length)
    header = null
    if (file.length > 0) yield file
  }
  if (header !== null) throw malformed('truncated')
}
