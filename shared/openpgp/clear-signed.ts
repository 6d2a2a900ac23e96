// A signed document as GnuPG checks it alone: `gpg --verify FILE`. The same octets and the same signature as everywhere
// else, in clear (RFC 9580 7): canonical JSON is one line, so that nothing in it is escaped or folded. GnuPG reads no line of
// 20,000 octets; a longer document stands inside a signed message, which the same command checks and `gpg -d` shows.
import { armor, enums, readSignature } from 'openpgp'
import { concat, uint32 } from './bytes.ts'
import { TAG } from './framing.ts'
import { PINNED } from './pinned.ts'
import { signedAround } from './signed-inside.ts'

const LONGEST_LINE = 19_000

/** `bytes`: text without a line break. `signature`: one detached binary signature over them. */
export async function clearSigned({ bytes, signature }: { bytes: Uint8Array; signature: Uint8Array }): Promise<string> {
  if (bytes.length > LONGEST_LINE) return armored('message', await signedMessage({ bytes, signature }))
  const text = new TextDecoder().decode(bytes)
  const hash = await hashName(signature)
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: ${hash}\n\n${text}\n${armored('signature', signature)}`
}

async function signedMessage({ bytes, signature }: { bytes: Uint8Array; signature: Uint8Array }): Promise<Uint8Array> {
  const { before, after } = await signedAround(signature)
  const literal = Uint8Array.of(0x62, 0, 0, 0, 0, 0)
  const header = concat(Uint8Array.of(0xc0 | TAG.literal, 0xff), uint32(literal.length + bytes.length))
  return concat(before, header, literal, bytes, after)
}

/** GnuPG takes the hash from this header, not from the signature. */
async function hashName(signature: Uint8Array): Promise<string> {
  const { packets } = await readSignature({ binarySignature: signature, config: PINNED })
  const found = Object.entries(enums.hash).find(([, id]) => id === packets[0]?.hashAlgorithm)
  return (found?.[0] ?? 'sha512').toUpperCase().replace('_', '-')
}

/** With a check sum: without one GnuPG 2.2 reads on into the last line where no padding ends the octets. */
function armored(kind: 'message' | 'signature', bytes: Uint8Array): string {
  return armor(enums.armor[kind], bytes, undefined, undefined, undefined, true)
}
