// The `v2-gcm` body in one place (DESIGN 7, RFC 9580 5.13.2): its header, sizes, keys and nonces.
// SEIPD version 2, AES-256, GCM, chunks of 256 KiB; any other choice in those octets is refused by name.
import { concat, uint64 } from './bytes.ts'
import { malformed } from './envelope-error.ts'
import { packetLength, TAG } from './framing.ts'
import type { SessionKey } from './session-key.ts'
import { CountedGcm, hkdf } from './webcrypto.ts'

const VERSION = 2
const AES256 = 9
const GCM = 3
const CHUNK_OCTET = 12

export const CHUNK_SIZE = 2 ** (CHUNK_OCTET + 6)
export const TAG_SIZE = 16
export const SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE
export const SALT_SIZE = 32
export const BODY_HEADER_SIZE = 4 + SALT_SIZE
/** Chunks worked on at once: enough to keep WebCrypto's threads busy, 2 MiB of memory. */
export const IN_FLIGHT = 8

/** Literal packet before the file: binary, no name, no date (RFC 9580 5.9). */
export const LITERAL_HEADER = Uint8Array.of(0x62, 0, 0, 0, 0, 0)

/** Bound to every chunk and to the derived keys: what kind of packet this is. */
const INFO = Uint8Array.of(0xc0 | TAG.encrypted, VERSION, AES256, GCM, CHUNK_OCTET)

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

/** Checks the first 36 octets of a body's contents and returns the salt. Throws EnvelopeError. */
export function readBodyHeader(header: Uint8Array): Uint8Array {
  const [version, cipher, mode, chunkOctet] = header
  if (version !== VERSION) throw malformed('wrong-version')
  if (cipher !== AES256) throw malformed('wrong-cipher')
  if (mode !== GCM) throw malformed('wrong-mode')
  if (chunkOctet !== CHUNK_OCTET) throw malformed('wrong-chunk-size')
  return header.slice(4, BODY_HEADER_SIZE)
}

/** Chunks and plaintext octets in contents of this length; refuses lengths that no body has. Throws EnvelopeError. */
export function measureContents(length: number): { chunks: number; plaintext: number } {
  const sealed = length - BODY_HEADER_SIZE - TAG_SIZE
  if (sealed <= 0) throw malformed('truncated')
  const chunks = Math.ceil(sealed / SEALED_CHUNK_SIZE)
  const lastChunk = sealed - (chunks - 1) * SEALED_CHUNK_SIZE
  if (lastChunk <= TAG_SIZE) throw malformed('wrong-length')
  return { chunks, plaintext: sealed - chunks * TAG_SIZE }
}

/** What seals and opens one body. One session key and salt must never meet two different contents: GCM breaks. */
export class BodyCipher {
  readonly #gcm: CountedGcm

  private constructor(gcm: CountedGcm) {
    this.#gcm = gcm
  }

  static async from(input: { sessionKey: SessionKey; salt: Uint8Array }): Promise<BodyCipher> {
    const derived = await hkdf({ secret: input.sessionKey, salt: input.salt, info: INFO, octets: 36 })
    return new BodyCipher(await CountedGcm.from({ key: derived.subarray(0, 32), noncePrefix: derived.subarray(32) }))
  }

  async sealChunk(plaintext: Uint8Array, index: number): Promise<Uint8Array> {
    return this.#gcm.seal({ plaintext, counter: index, bound: INFO })
  }

  async openChunk(sealed: Uint8Array, index: number): Promise<Uint8Array> {
    return this.#open({ sealed, counter: index, bound: INFO })
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
    return concat(INFO, uint64(plaintext))
  }

  async #open(input: { sealed: Uint8Array; counter: number; bound: Uint8Array }): Promise<Uint8Array> {
    try {
      return await this.#gcm.open(input)
    } catch {
      throw malformed('altered')
    }
  }
}
