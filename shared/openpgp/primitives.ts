// The cryptography that WebCrypto does not have and version 1 bodies and GnuPG's check sums need: AES-CFB, running
// hashes. Handed in (ARCHITECTURE.md#pure-code), so that this folder has no Node in it; there they are
// `openpgpPrimitives` of platform/crypto.

/** A step may be asynchronous: pages have CFB only by way of WebCrypto's CBC. */
type Step<T> = T | Promise<T>

export interface Cfb {
  /** As many octets as were given; steps are made one after the other. */
  update(bytes: Uint8Array): Step<Uint8Array>
}

export interface RunningHash {
  update(bytes: Uint8Array): unknown
  digest(): Step<Uint8Array>
}

export interface Primitives {
  /** AES-256 in CFB mode with whole-block feedback and an IV of zeroes, as SEIPD version 1 uses it (RFC 9580 5.13.1). */
  cfb(input: { key: Uint8Array; direction: 'encrypt' | 'decrypt' }): Cfb
  /** Only inside the MDC, where what is asked of it does not need collision resistance. */
  sha1(): RunningHash
  sha256(): RunningHash
  /** Of what other programs compressed. */
  readonly inflate: Inflate
}

/** What RFC 9580 9.4 calls ZIP (raw DEFLATE, RFC 1951) and ZLIB (RFC 1950). */
export type Compression = 'zip' | 'zlib'

/**
 * Inflates step by step, never further than it is read: who stops reading stops a bomb. Throws what the source throws
 * as it is, a RangeError when octets follow the end of the compressed stream, and any other Error when the octets are not
 * of that format or end early.
 */
export type Inflate = (input: { format: Compression; source: AsyncIterable<Uint8Array> }) => AsyncIterable<Uint8Array>
