// The WebCrypto calls of this folder, so that Node and browsers run the same lines (RFC 9580 5.13.2, RFC 5869).
// WebCrypto copies what it is given before it returns a promise: callers may hand over views of larger buffers.
import type { Bytes } from '#domain/values.ts'
import { concat, uint64 } from './bytes.ts'

/** Bytes as WebCrypto's types want them; nothing here is ever backed by shared memory. */
function source(bytes: Uint8Array): Bytes {
  return bytes as Bytes
}

/** SHA-256 as lower-case hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', source(bytes))).toHex()
}

/** HKDF-SHA256 (RFC 5869). */
export async function hkdf(input: {
  secret: Uint8Array
  salt: Uint8Array
  info: Uint8Array
  octets: number
}): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', source(input.secret), 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: source(input.salt), info: source(input.info) }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, input.octets * 8))
}

/** HMAC-SHA256 (RFC 2104). */
export async function hmac(secret: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey(secret), source(message)))
}

/** Compares in constant time: WebCrypto's own verify does. */
export async function hmacMatches(input: {
  secret: Uint8Array
  message: Uint8Array
  mac: Uint8Array
}): Promise<boolean> {
  return crypto.subtle.verify('HMAC', await hmacKey(input.secret), source(input.mac), source(input.message))
}

async function hmacKey(secret: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', source(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

/** AES-256-GCM whose nonce is a fixed 4-octet prefix and a counter, as SEIPD v2 uses it. */
export class CountedGcm {
  readonly #key: CryptoKey
  readonly #prefix: Uint8Array

  private constructor(key: CryptoKey, prefix: Uint8Array) {
    this.#key = key
    this.#prefix = prefix
  }

  static async from(input: { key: Uint8Array; noncePrefix: Uint8Array }): Promise<CountedGcm> {
    const key = await crypto.subtle.importKey('raw', source(input.key), 'AES-GCM', false, ['encrypt', 'decrypt'])
    return new CountedGcm(key, input.noncePrefix)
  }

  /** Ciphertext followed by its 16-octet tag. */
  async seal(input: { plaintext: Uint8Array; counter: number; bound: Uint8Array }): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.encrypt(this.#parameters(input), this.#key, source(input.plaintext)))
  }

  /** Rejects (OperationError) when one bit of the ciphertext, the counter or the bound data differs. */
  async open(input: { sealed: Uint8Array; counter: number; bound: Uint8Array }): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.decrypt(this.#parameters(input), this.#key, source(input.sealed)))
  }

  #parameters(input: { counter: number; bound: Uint8Array }) {
    const nonce = concat(this.#prefix, uint64(input.counter))
    return { name: 'AES-GCM', iv: source(nonce), additionalData: source(input.bound), tagLength: 128 }
  }
}
