// The only way in for a certificate, on a person's machine and in the service: bytes that are exactly one public
// certificate, written anew from what was parsed, so that nothing that stood beside or inside it goes on. Everything else
// is refused, and what looks like a private key is said to be one (ARCHITECTURE.md#public-keys-only).
import { type Key, unarmor } from 'openpgp'
import type { Bytes } from '#domain/values.ts'
import { readPacketHeader, TAG } from './framing.ts'
import { looksPrivate } from './private-marks.ts'
import { readCertificate } from './read-certificate.ts'

declare const publicBrand: unique symbol

/** One public certificate, binary, as it was written here: nothing else may be sent as one. */
export type PublicCertificate = Bytes & { readonly [publicBrand]: true }

/** `KEY_SECRET`: a private key was given, whether a passphrase protects it or not: it must be treated as lost and revoked. */
export interface NotPublic {
  readonly code: 'KEY_SECRET' | 'KEY_MALFORMED'
  readonly detail: string
}

const largestCertificate = 64 * 1024

/** Reads a certificate, binary or armored, with text around its armor as gpg reads it. Never throws for the bytes. */
export async function readPublicCertificate(
  bytes: Uint8Array,
): Promise<{ ok: true; certificate: PublicCertificate } | ({ ok: false } & NotPublic)> {
  const read = await readPublicKey(bytes)
  return 'code' in read ? { ok: false, ...read } : { ok: true, certificate: writePublic(read.key) }
}

/** The same for who goes on with the key. */
export async function readPublicKey(bytes: Uint8Array): Promise<{ key: Key } | NotPublic> {
  try {
    if (bytes.length > largestCertificate) throw new Error('larger than 64 KiB')
    const binary = isBinary(bytes) ? bytes : await withoutArmor(bytes)
    const tags = packetTags(binary)
    if (tags.filter((tag) => tag === TAG.publicKey).length !== 1) throw new Error('not exactly one certificate')
    if (tags.includes(TAG.secretKey) || tags.includes(TAG.secretSubkey)) throw new Error('a secret key beside it')
    return { key: await readCertificate(binary) }
  } catch (error) {
    if (looksPrivate(bytes)) return { code: 'KEY_SECRET', detail: 'this holds a secret key' }
    return { code: 'KEY_MALFORMED', detail: error instanceof Error ? error.message : 'unreadable' }
  }
}

/** Throws TypeError for a private key. */
export function writePublic(key: Key): PublicCertificate {
  if (key.isPrivate()) throw new TypeError('a private key is not written as a certificate')
  return new Uint8Array(key.write()) as PublicCertificate
}

/** Its first packet is a public key's. No text begins so: a byte order mark names other packets. */
function isBinary(bytes: Uint8Array): boolean {
  return readPacketHeader(bytes, 0)?.tag === TAG.publicKey
}

const armor = /^-----BEGIN PGP PUBLIC KEY BLOCK-----[ \t]*\r?\n[\s\S]*?^-----END PGP PUBLIC KEY BLOCK-----[ \t]*\r?$/gm

/** The one armored block in a text. Text around it stays behind, unless it names or begins anything else. */
async function withoutArmor(bytes: Uint8Array): Promise<Uint8Array> {
  const text = textIn(bytes)
  const [block, ...more] = text.match(armor) ?? []
  if (block === undefined) throw new Error('neither a binary certificate nor one in armor')
  if (more.length > 0 || text.match(/-----\s*BEGIN/gi)?.length !== 1) throw new Error('more than one armor')
  if (looksPrivate(new TextEncoder().encode(text.replace(block, '\n')))) throw new Error('a secret key beside it')
  const { data } = await unarmor(block)
  if (!(data instanceof Uint8Array)) throw new Error('the armor cannot be read')
  return data
}

/** By its byte order mark; otherwise UTF-8. */
function textIn(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}

/** Tags of all packets; throws when they do not fill the bytes exactly. */
function packetTags(bytes: Uint8Array): number[] {
  const tags: number[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const header = readPacketHeader(bytes, offset)
    if (header === null || header.length === null || header.partial)
      throw new Error('not a sequence of OpenPGP packets')
    tags.push(header.tag)
    offset += header.headerLength + header.length
    if (offset > bytes.length) throw new Error('a packet ends after the bytes')
  }
  return tags
}
