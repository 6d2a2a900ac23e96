// The digests and commitments of signed documents (ARCHITECTURE.md#digests): body, plaintext, scan commitment. Byte
// layouts here are final; vectors pin them.
// Digests are lower-case hex, ids 32 hex characters (`manifest` for the manifest file), lengths in octets.
import { ascii, concat, fromHex, uint32, uint64 } from './bytes.ts'
import type { SessionKey } from './session-key.ts'
import { hkdf, sha256 } from './webcrypto.ts'

/** Octets hashed as one part: 8 MiB. */
export const PART_SIZE = 8 * 1024 * 1024

/** A long stream's digest, ready for `bodyDigest` or `plaintextDigest`. */
export interface PartDigests {
  readonly length: number
  readonly partSize: number
  /** SHA-256 of each part in order, the last one maybe shorter; none for no octets. */
  readonly parts: readonly string[]
}

/** SHA-256("safehand body 1" || u64 length || u32 part size || part digests) of an encrypted body. */
export async function bodyDigest(input: PartDigests): Promise<string> {
  return digestOfParts('safehand body 1', input)
}

/** The same with "safehand plaintext 1", of a file's own bytes. */
export async function plaintextDigest(input: PartDigests): Promise<string> {
  return digestOfParts('safehand plaintext 1', input)
}

async function digestOfParts(label: string, { length, partSize, parts }: PartDigests): Promise<string> {
  if (parts.length !== Math.ceil(length / partSize)) throw new RangeError('as many digests as parts, please')
  const digests = parts.map((part) => fromHex(part, 32))
  return sha256(concat(ascii(label), uint64(length), uint32(partSize), ...digests))
}

/**
 * HKDF-SHA256(session key, salt = transfer id || file id, info = "safehand scan-commitment 1" || body digest), 32 octets:
 * who computes the same one holds the same session key for the same body (ARCHITECTURE.md#commitment).
 */
export async function scanCommitment(input: {
  sessionKey: SessionKey
  transfer: string
  file: string
  bodyDigest: string
}): Promise<string> {
  const commitment = await hkdf({
    secret: input.sessionKey,
    salt: concat(fromHex(input.transfer, 16), fileId(input.file)),
    info: concat(ascii('safehand scan-commitment 1'), fromHex(input.bodyDigest, 32)),
    octets: 32,
  })
  return commitment.toHex()
}

/** The manifest's id is sixteen zero octets. */
function fileId(file: string): Uint8Array {
  return file === 'manifest' ? new Uint8Array(16) : fromHex(file, 16)
}

/**
 * Hashes a stream part by part with flat memory: one part is held, one is being hashed (WebCrypto cannot hash in steps).
 * Await `push`: it waits while two parts are under way.
 */
export class PartHasher {
  readonly #partSize: number
  readonly #parts: string[] = []
  /** As large as it had to be so far: most files are smaller than a part. */
  #part = new Uint8Array()
  #filled = 0
  #length = 0
  #pending: Promise<string> | null = null

  constructor(partSize: number = PART_SIZE) {
    this.#partSize = partSize
  }

  async push(piece: Uint8Array): Promise<void> {
    let rest = piece
    this.#length += piece.length
    while (rest.length > 0) {
      const fits = rest.subarray(0, this.#partSize - this.#filled)
      this.#makeRoom(fits.length)
      this.#part.set(fits, this.#filled)
      this.#filled += fits.length
      rest = rest.subarray(fits.length)
      if (this.#filled === this.#partSize) await this.#hashPart()
    }
  }

  #makeRoom(octets: number): void {
    const needed = this.#filled + octets
    if (needed <= this.#part.length) return
    const larger = new Uint8Array(Math.min(this.#partSize, Math.max(needed, 2 * this.#part.length)))
    larger.set(this.#part.subarray(0, this.#filled))
    this.#part = larger
  }

  async finish(): Promise<PartDigests> {
    if (this.#filled > 0) await this.#hashPart()
    await this.#settle()
    return { length: this.#length, partSize: this.#partSize, parts: this.#parts }
  }

  /** WebCrypto copies the part at once, so it can be filled again while it is hashed. */
  async #hashPart(): Promise<void> {
    await this.#settle()
    this.#pending = sha256(this.#part.subarray(0, this.#filled))
    this.#filled = 0
  }

  async #settle(): Promise<void> {
    if (this.#pending) this.#parts.push(await this.#pending)
    this.#pending = null
  }
}

/** Reads a whole stream into its part digests. */
export async function digestParts(
  source: AsyncIterable<Uint8Array>,
  partSize: number = PART_SIZE,
): Promise<PartDigests> {
  const hasher = new PartHasher(partSize)
  for await (const piece of source) await hasher.push(piece)
  return hasher.finish()
}
