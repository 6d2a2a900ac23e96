// Whether bytes look like a private key, in whatever spelling: so that what is refused as no certificate is said to be
// one, since its holder then has to revoke it. Proves nothing: what may be sent is decided by public-certificate.ts.
import { readPacketHeader, TAG } from './framing.ts'

/** "BEGIN PGP PRIVATE KEY", "OPENSSH PRIVATE KEY", "AGE-SECRET-KEY", "(protected-private-key", "Private-Lines". */
const named = /(?:private|secret)[\s_-]*(?:key|lines)/i
/** What begins an OpenSSH private key under its armor. */
const openSsh = 'openssh-key-v1'

export function looksPrivate(bytes: Uint8Array): boolean {
  // Without its zero octets, text in UTF-16 reads as any other.
  const text = latin1(bytes.filter((octet) => octet !== 0))
  return named.test(text) || isPrivate(bytes) || base64In(text).some(isPrivate)
}

function isPrivate(bytes: Uint8Array): boolean {
  return latin1(bytes).includes(openSsh) || bytes.some((_, offset) => isSecretPacket(bytes, offset))
}

/** Base64 anywhere in a text. A word before it shifts it, so that each of the four ways to count is tried. */
function base64In(text: string): readonly Uint8Array[] {
  const runs = text.match(/(?:[A-Za-z0-9+/]\s*){32,}/g) ?? []
  return runs.flatMap((run) => {
    const letters = run.replaceAll(/\s/g, '')
    return [0, 1, 2, 3].map((skip) => {
      const whole = letters.slice(skip)
      return Uint8Array.fromBase64(whole.slice(0, whole.length - (whole.length % 4)))
    })
  })
}

/** A secret key or subkey (RFC 9580 5.5.3) begins here, whole or cut off: by its header, version, algorithm and first number. */
function isSecretPacket(bytes: Uint8Array, offset: number): boolean {
  const header = readPacketHeader(bytes, offset)
  if (header?.tag !== TAG.secretKey && header?.tag !== TAG.secretSubkey) return false
  const start = offset + header.headerLength
  const [version = 0] = bytes.subarray(start)
  // After the time there are two octets of days in version 3, and four of a length in version 6.
  const algorithmAt = { 3: 7, 4: 5, 5: 5, 6: 5 }[version]
  if (algorithmAt === undefined) return false
  const materialAt = algorithmAt + (version >= 5 ? 5 : 1)
  return isMaterial(bytes[start + algorithmAt] ?? 0, bytes.subarray(start + materialAt))
}

/** Key material of this algorithm (RFC 9580 9.1): a long number, a curve's name, or octets that may be anything. */
function isMaterial(algorithm: number, [first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const bits = first * 256 + second
  const isLongNumber = bits >= 512 && bits <= 16_384 && third >> ((bits - 1) % 8) === 1
  const isCurve = first >= 3 && first <= 16 && (second === 0x2a || second === 0x2b)
  if ([1, 2, 3, 16, 17, 20].includes(algorithm)) return isLongNumber
  if ([18, 19, 22].includes(algorithm)) return isCurve
  return algorithm >= 25 && algorithm <= 28
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}
