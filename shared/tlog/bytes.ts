// Bytes and text, strictly: one text has one encoding, and anything else is refused.
// Owns the few conversions the specs of this folder share. Trusts nothing it is given.
// RFC 4648 section 4 (base64, canonical only), RFC 3629 (UTF-8).

/** SHA-256, handed in by the caller: one-shot and synchronous; returns 32 bytes. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

export const HASH_SIZE = 32

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Text of valid UTF-8, or undefined. A byte order mark stays in the text (dropping it would give one text two encodings). */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** ASCII control characters, newline included. */
export function hasControl(text: string): boolean {
  return Array.from(text).some((character) => character < ' ')
}

export function encodeBase64(bytes: Uint8Array): string {
  return new Uint8Array(bytes).toBase64()
}

/** Bytes of canonical base64, or undefined for anything that does not encode back to the same text. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text)
    return bytes.toBase64() === text ? bytes : undefined
  } catch {
    return undefined
  }
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return joined
}

/** Not constant-time: every hash of a log is public. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}

export function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_SIZE
}

/** Sizes and indexes are safe integers, so that no arithmetic on them can round. */
export function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0
}

export function requireSize(size: number): void {
  if (!isSize(size)) throw new RangeError(`not a size or an index: ${size}`)
}
