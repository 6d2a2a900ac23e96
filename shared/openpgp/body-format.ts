// The `v2-gcm` body in one place (ARCHITECTURE.md#bodies, RFC 9580 5.13.2): its header, sizes, keys and nonces.
// SEIPD version 2, AES-256, GCM, chunks of 256 KiB; any other choice in those octets is refused by name. Only bodies made
// elsewhere may have other chunks, up to the 4 MiB that RFC 9580 lets everybody expect.
import { concat, uint64 } from './bytes.ts'
import { malformed } from './envelope-error.ts'
import { packetLength, TAG } from './framing.ts'
import type { SessionKey } from './session-key.ts'
import { CountedGcm, hkdf } from './webcrypto.ts'

const VERSION = 2
const AES256 = 9
const OCB = 2
const GCM = 3
const CHUNK_OCTET = 12
const LARGEST_CHUNK_OCTET = 16

/** Octets of plaintext in a chunk, as the header's chunk octet says it. */
export function chunkSize(chunkOctet: number): number {
  return 2 ** (chunkOctet + 6)
}

export const CHUNK_SIZE = chunkSize(CHUNK_OCTET)
export const TAG_SIZE = 16
export const SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE
export const SALT_SIZE = 32
export const BODY_HEADER_SIZE = 4 + SALT_SIZE
/** Chunks worked on at once: enough to keep WebCrypto's threads busy, 2 MiB of memory. */
export const IN_FLIGHT = 8

/** The same for chunks of another size: 2 MiB together where that is more than one and fewer than 64. */
export function chunksInFlight(size: number): number {
  return Math.min(Math.max((IN_FLIGHT * CHUNK_SIZE) / size, 2), 64)
}

/** Literal packet before the file: binary, no name, no date (RFC 9580 5.9). */
export const LITERAL_HEADER = Uint8Array.of(0x62, 0, 0, 0, 0, 0)

/** Bound to every chunk and to the derived keys: what kind of packet this is. */
function bindingOf(chunkOctet: number): Uint8Array {
  return Uint8Array.of(0xc0 | TAG.encrypted, VERSION, AES256, GCM, chunkOctet)
}

/** Octets of the literal packet around a file of `length` octets. */
export function plaintextLength(length: number): number {
  return packetLength(LITERAL_HEADER.length + length)
}

/** Octets of the SEIPD packet's contents around a file of `length` octets. */
export function contentsLength(length: number): number {
  const plaintext = plaintextLength(length)
  return BODY_HEADER_SIZE + plaintext + Math.ceil(plaintext / CHUNK_SIZE) * TAG_SIZE + TAG_SIZE
}

export function bodyHeader(salt: Uint8Array): Uint8Array {
  if (salt.length !== SALT_SIZE) throw new RangeError(`a salt has ${SALT_SIZE} octets`)
  return concat(Uint8Array.of(VERSION, AES256, GCM, CHUNK_OCTET), salt)
}

export interface BodyHeader {
  readonly salt: Uint8Array
  readonly chunkOctet: number
}

/**
 * Checks the first 36 octets of a body's contents. Chunks of 256 KiB only, unless the body may come from elsewhere.
 * Throws EnvelopeError.
 */
export function readBodyHeader(header: Uint8Array, chunks: 'ours' | 'any' = 'ours'): BodyHeader {
  const [version, cipher, mode, chunkOctet] = header
  if (version !== VERSION) throw malformed('wrong-version')
  if (cipher !== AES256) throw malformed('wrong-cipher')
  if (mode === OCB) throw malformed('ocb-mode')
  if (mode !== GCM) throw malformed('wrong-mode')
  const accepted = chunks === 'ours' ? chunkOctet === CHUNK_OCTET : (chunkOctet ?? 255) <= LARGEST_CHUNK_OCTET
  if (chunkOctet === undefined || !accepted) throw malformed('wrong-chunk-size')
  return { salt: header.slice(4, BODY_HEADER_SIZE), chunkOctet }
}

/** Chunks and plaintext octets in contents of this length; refuses lengths that no body has. Throws EnvelopeError. */
export function measureContents(length: number, chunkOctet = CHUNK_OCTET): { chunks: number; plaintext: number } {
  const sealedChunk = chunkSize(chunkOctet) + TAG_SIZE
  const sealed = length - BODY_HEADER_SIZE - TAG_SIZE
  if (sealed <= 0) throw malformed('truncated')
  const chunks = Math.ceil(sealed / sealedChunk)
  const lastChunk = sealed - (chunks - 1) * sealedChunk
  if (lastChunk <= TAG_SIZE) throw malformed('wrong-length')
  return { chunks, plaintext: sealed - chunks * TAG_SIZE }
}

/** What seals and opens one body. One session key and salt must never meet two different contents: GCM breaks. */
export class BodyCipher {
  readonly #gcm: CountedGcm
  readonly #binding: Uint8Array

  private constructor(gcm: CountedGcm, binding: Uint8Array) {
    this.#gcm = gcm
    this.#binding = binding
  }

  static async from(input: { sessionKey: SessionKey; salt: Uint8Array; chunkOctet?: number }): Promise<BodyCipher> {
    const binding = bindingOf(input.chunkOctet ?? CHUNK_OCTET)
    const derived = await hkdf({ secret: input.sessionKey, salt: input.salt, info: binding, octets: 36 })
    const gcm = await CountedGcm.from({ key: derived.subarray(0, 32), noncePrefix: derived.subarray(32) })
    return new BodyCipher(gcm, binding)
  }

  async sealChunk(plaintext: Uint8Array, index: number): Promise<Uint8Array> {
    return this.#gcm.seal({ plaintext, counter: index, bound: this.#binding })
  }

  async openChunk(sealed: Uint8Array, index: number): Promise<Uint8Array> {
    return this.#open({ sealed, counter: index, bound: this.#binding })
  }

  /** The tag over nothing that says how many chunks and octets there were: without it chunks could be cut off. */
  async finalTag(input: { chunks: number; plaintext: number }): Promise<Uint8Array> {
    return this.#gcm.seal({
      plaintext: new Uint8Array(),
      counter: input.chunks,
      bound: this.#finalBound(input.plaintext),
    })
  }

  async checkFinalTag(input: { tag: Uint8Array; chunks: number; plaintext: number }): Promise<void> {
    await this.#open({ sealed: input.tag, counter: input.chunks, bound: this.#finalBound(input.plaintext) })
  }

  #finalBound(plaintext: number): Uint8Array {
    return concat(this.#binding, uint64(plaintext))
  }

  async #open(input: { sealed: Uint8Array; counter: number; bound: Uint8Array }): Promise<Uint8Array> {
    try {
      return await this.#gcm.open(input)
    } catch {
      throw malformed('altered')
    }
  }
}
