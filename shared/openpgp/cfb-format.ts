// The `v1-cfb` body in one place (ARCHITECTURE.md#profiles, RFC 9580 5.13.1): SEIPD version 1, AES-256 in CFB mode,
// SHA-1 as modification detection code. For GnuPG and everybody else whose key does not list AES-256-GCM. Weaker than
// `v2-gcm`: nothing is verified before the last octet.
import { malformed } from './envelope-error.ts'
import { packetLength } from './framing.ts'

const VERSION = 1

/** Random octets that the stream begins with, in the place of an IV; the last two of them come twice. */
export const CFB_SALT_SIZE = 16
export const PREFIX_SIZE = CFB_SALT_SIZE + 2

const SHA1_SIZE = 20
/** Header of the packet that the stream ends with; hashed with everything before it. */
export const MDC_HEADER = Uint8Array.of(0xc0 | 19, SHA1_SIZE)
export const MDC_SIZE = MDC_HEADER.length + SHA1_SIZE

/** The smallest literal packet there is: header, mode, no name, date, no octet. */
const SMALLEST_LITERAL = 8

/** Octets of the literal packet's contents before the file: mode, the name's length, the name, no date. */
export function literalHeader(name: string): Uint8Array {
  const octets = new TextEncoder().encode(name)
  if (octets.length > 255) throw new RangeError('a literal packet has room for a name of 255 octets')
  return Uint8Array.of(0x62, octets.length, ...octets, 0, 0, 0, 0)
}

/** Octets of the SEIPD packet's contents around a literal packet with these contents. */
export function cfbContentsLength(literalContents: number): number {
  return 1 + PREFIX_SIZE + packetLength(literalContents) + MDC_SIZE
}

/** The packet's first octet; an empty view says nothing yet. Throws EnvelopeError. */
export function readCfbVersion(contents: Uint8Array): void {
  if (contents.length > 0 && contents[0] !== VERSION) throw malformed('wrong-version')
}

export const CFB_VERSION = Uint8Array.of(VERSION)

/** Octets inside contents of this length; refuses lengths that no body has. Throws EnvelopeError. */
export function measureCfbContents(length: number): { chunks: 0; plaintext: number } {
  const plaintext = length - 1 - PREFIX_SIZE - MDC_SIZE
  if (plaintext < SMALLEST_LITERAL) throw malformed('truncated')
  return { chunks: 0, plaintext }
}

/** What is repeated at the end of the prefix. RFC 9580 13.5 warns of checking it: only the MDC decides. */
export function prefixOf(salt: Uint8Array): Uint8Array {
  if (salt.length !== CFB_SALT_SIZE) throw new RangeError(`a v1-cfb salt has ${CFB_SALT_SIZE} octets`)
  return Uint8Array.of(...salt, ...salt.subarray(-2))
}
