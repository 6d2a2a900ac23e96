// Decrypts a `v2-gcm` body to the one binary literal packet inside it, streaming, 8 chunks at once
// (ARCHITECTURE.md#bodies). Anything else inside is refused by name: one grammar, so that scanner and recipient cannot
// read different files.
import { BODY_HEADER_SIZE, BodyCipher, chunkSize, chunksInFlight, readBodyHeader, TAG_SIZE } from './body-format.ts'
import { ByteReader } from './byte-reader.ts'
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
    source: openChunks({ sessionKey: input.sessionKey, contents, chunks: 'ours' }),
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

/**
 * The plaintext packets in a version 2 body's contents, each chunk checked before it is yielded, the final tag with the
 * last one. `chunks`: of 256 KiB only, or of any size up to 4 MiB for bodies made elsewhere. Throws EnvelopeError.
 */
export async function* openChunks(input: {
  sessionKey: SessionKey
  contents: AsyncIterable<Uint8Array>
  chunks: 'ours' | 'any'
}): AsyncGenerator<Uint8Array> {
  const bytes = new ByteReader(input.contents)
  const { salt, chunkOctet } = readBodyHeader(await bytes.take(BODY_HEADER_SIZE), input.chunks)
  if (await bytes.atEnd()) throw malformed('truncated')
  const cipher = await BodyCipher.from({ sessionKey: input.sessionKey, salt, chunkOctet })
  const size = chunkSize(chunkOctet)
  yield* mapInOrder({
    source: rechunk({ source: bytes.rest(), size: size + TAG_SIZE, tail: TAG_SIZE }),
    limit: chunksInFlight(size),
    map: (chunk, index) => openChunk({ cipher, chunk, index, size }),
  })
}

interface SealedChunk {
  readonly cipher: BodyCipher
  readonly chunk: Chunk
  readonly index: number
  /** Octets of plaintext in each chunk but the last. */
  readonly size: number
}

async function openChunk({ cipher, chunk, index, size }: SealedChunk): Promise<Uint8Array> {
  if (!chunk.last) return cipher.openChunk(chunk.bytes, index)
  const sealed = chunk.bytes.subarray(0, -TAG_SIZE)
  if (sealed.length > 0 && sealed.length <= TAG_SIZE) throw malformed('truncated')
  const plaintext = sealed.length > 0 ? await cipher.openChunk(sealed, index) : sealed
  await cipher.checkFinalTag({
    tag: chunk.bytes.subarray(-TAG_SIZE),
    chunks: sealed.length > 0 ? index + 1 : index,
    plaintext: index * size + plaintext.length,
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
