// Small byte work that every file of this folder needs: joining, hex (out of bytes: `toHex()`), big-endian numbers.
// Trusts its callers: lengths are checked where bytes enter, in framing, head, session-key.

/** The octets of a lower-case hex text. Throws RangeError when it is not one of `octets` octets. */
export function fromHex(text: string, octets: number): Uint8Array {
  if (text.length !== octets * 2 || !/^[0-9a-f]*$/.test(text)) {
    throw new RangeError(`not ${octets} octets of lower-case hex`)
  }
  return Uint8Array.fromHex(text)
}

export function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0))
  let offset = 0
  for (const piece of pieces) {
    joined.set(piece, offset)
    offset += piece.length
  }
  return joined
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Big-endian, 4 octets. */
export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** Big-endian, 8 octets. */
export function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}
