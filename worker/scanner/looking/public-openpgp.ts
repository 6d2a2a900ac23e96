// What may be called .pgp or .gpg and hides nothing: certificates (public keys) and detached signatures, by their packets
// (RFC 9580 section 4), binary or armored. The content is hostile: what cannot be read to its last octet is not one.

/** Signature, public key and subkey, user id and attribute, trust, marker, padding. */
const harmless: readonly number[] = [2, 6, 14, 13, 17, 12, 10, 21]

export function isPublicOpenPgp(bytes: Uint8Array): boolean {
  const binary = bytes[0] === 0x2d ? dearmored(bytes) : [bytes]
  return binary !== null && binary.length > 0 && binary.every(holdsHarmlessPackets)
}

const block =
  /-----BEGIN PGP (PUBLIC KEY BLOCK|SIGNATURE)-----\r?\n(?:[A-Za-z]+: [^\n]*\n)*\r?\n([A-Za-z0-9+/=\r\n]+?)(?:=[A-Za-z0-9+/]{4}\r?\n)?-----END PGP \1-----\s*/gy

/** One block behind the other, and nothing else. */
function dearmored(bytes: Uint8Array): readonly Uint8Array[] | null {
  const text = Buffer.from(bytes).toString('latin1')
  const found = [...text.matchAll(block)]
  const length = found.reduce((sum, [whole]) => sum + whole.length, 0)
  return length === text.length ? found.map(([, , body = '']) => Buffer.from(body, 'base64')) : null
}

function holdsHarmlessPackets(bytes: Uint8Array): boolean {
  let at = 0
  while (at < bytes.length) {
    const header = headerAt(bytes, at)
    if (header === null || !harmless.includes(header.tag)) return false
    at = header.end
  }
  return bytes.length > 0 && at === bytes.length
}

/** Null for what is no packet of a length that is known and stands in these octets. */
function headerAt(bytes: Uint8Array, at: number): { tag: number; end: number } | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const first = bytes[at] ?? 0
  if ((first & 0x80) === 0) return null
  const isNew = (first & 0x40) !== 0
  const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f
  const length = isNew ? newLength(view, at + 1) : oldLength(view, { at: at + 1, kind: first & 3 })
  if (length === null) return null
  const end = length.at + length.octets
  return end <= bytes.length ? { tag, end } : null
}

interface Length {
  readonly octets: number
  /** Where the packet's body begins. */
  readonly at: number
}

function newLength(view: Buffer, at: number): Length | null {
  const [one = 255, two = 0] = view.subarray(at, at + 2)
  if (one < 192) return { octets: one, at: at + 1 }
  if (one < 224) return { octets: (one - 192) * 256 + two + 192, at: at + 2 }
  return one === 255 && at + 5 <= view.length ? { octets: view.readUInt32BE(at + 1), at: at + 5 } : null
}

function oldLength(view: Buffer, { at, kind }: { readonly at: number; readonly kind: number }): Length | null {
  const octets = [1, 2, 4][kind]
  if (octets === undefined || at + octets > view.length) return null
  return { octets: view.readUIntBE(at, octets), at: at + octets }
}
