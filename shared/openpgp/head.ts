// The head of an envelope: the PKESKs before the body, split off before anything is stored (ARCHITECTURE.md#heads).
// Trusts nothing: every limit is checked before the bytes it bounds are looked at. PKESKs stay opaque beyond their recipient.
import { ascii, concat } from './bytes.ts'
import { EnvelopeError, malformed, notEncrypted } from './envelope-error.ts'
import { type PacketHeader, readPacketHeader, TAG, tagOf } from './framing.ts'

export const HEAD_LIMIT = 64 * 1024
export const PKESK_LIMIT = 2 * 1024

/** Whom a PKESK is for: version 6 names the subkey's fingerprint, version 3 its key id only. Lower-case hex. */
export type Recipient = { fingerprint: string } | { keyId: string }

/** One wrapped session key (RFC 9580 5.1). */
export interface Pkesk {
  readonly version: 3 | 6
  /** Version of the recipient's key; only PKESK version 6 says it. */
  readonly keyVersion: 4 | 6 | null
  readonly recipient: Recipient
  /** Public-key algorithm id (RFC 9580 9.1). */
  readonly algorithm: number
  /** The packet with its header, as it came. */
  readonly bytes: Uint8Array
}

export interface Head {
  readonly pkesks: Pkesk[]
  /** Where the body, the SEIPD packet, begins. */
  readonly bodyOffset: number
  /** Version of the SEIPD packet; its PKESKs are of the paired version. */
  readonly bodyVersion: 1 | 2
}

/**
 * Splits `PKESKs || body`. `bytes` must reach past the body's first octets; more than HEAD_LIMIT of them is never needed.
 * Marker and padding packets are dropped. Throws EnvelopeError.
 */
export function splitHead(bytes: Uint8Array): Head {
  refusePlaintext(bytes)
  const pkesks: Pkesk[] = []
  let offset = 0
  for (;;) {
    const header = readPacketHeader(bytes, offset)
    if (header === null) throw endOfHead(bytes, offset)
    if (header.tag === TAG.encrypted)
      return { pkesks, bodyOffset: offset, bodyVersion: bodyVersion({ bytes, offset, header, pkesks }) }
    const packet = headPacket({ bytes, offset, header })
    if (header.tag === TAG.pkesk) pkesks.push(readPkeskContents(packet, header.headerLength))
    offset += packet.length
  }
}

/** Reads until every wrapped key and the first octets of the body, `rest`, are there. Throws EnvelopeError. */
export async function readHead(
  pieces: AsyncIterator<Uint8Array>,
): Promise<{ pkesks: readonly Pkesk[]; bodyVersion: 1 | 2; rest: Uint8Array }> {
  let held: Uint8Array = new Uint8Array()
  for (;;) {
    const next = await pieces.next()
    if (!next.done) held = concat(held, next.value)
    const head = trySplit(held, next.done === true || held.length >= HEAD_LIMIT)
    if (head === null) continue
    return { pkesks: head.pkesks, bodyVersion: head.bodyVersion, rest: held.subarray(head.bodyOffset) }
  }
}

/** Null when more octets may help. */
function trySplit(held: Uint8Array, final: boolean): Head | null {
  try {
    return splitHead(held)
  } catch (error) {
    if (!final && error instanceof EnvelopeError && error.detail === 'truncated') return null
    throw error
  }
}

/** Reads bytes that are exactly one PKESK packet. Throws EnvelopeError. */
export function readPkesk(bytes: Uint8Array): Pkesk {
  const header = readPacketHeader(bytes, 0)
  if (header?.tag !== TAG.pkesk) throw malformed('pkesk-malformed')
  const packet = headPacket({ bytes, offset: 0, header })
  if (packet.length !== bytes.length) throw malformed('trailing-bytes')
  return readPkeskContents(packet, header.headerLength)
}

/** Every PKESK maps to one expected encryption subkey (full fingerprints) and the other way round. Throws EnvelopeError. */
export function checkRecipients(input: { pkesks: readonly Pkesk[]; subkeys: readonly string[] }): void {
  const waiting = new Set(input.subkeys)
  for (const { recipient } of input.pkesks) {
    const subkey = input.subkeys.find((fingerprint) => isFor(recipient, fingerprint))
    if (subkey === undefined) throw malformed('recipient-unexpected')
    if (!waiting.delete(subkey)) throw malformed('recipient-twice')
  }
  if (waiting.size > 0) throw malformed('recipient-missing')
}

/** Whether a PKESK's recipient is the subkey with this full fingerprint. */
export function isFor(recipient: Recipient, fingerprint: string): boolean {
  return 'fingerprint' in recipient ? recipient.fingerprint === fingerprint : recipient.keyId === keyIdOf(fingerprint)
}

/** Last 8 octets of a version 4 fingerprint, first 8 of a version 6 one (RFC 9580 5.5.4). */
export function keyIdOf(fingerprint: string): string {
  return fingerprint.length === 64 ? fingerprint.slice(0, 16) : fingerprint.slice(-16)
}

/** Tags that can begin an encrypted message, allowed here or not: anything else is somebody's plaintext. */
const MESSAGE_TAGS: ReadonlySet<number> = new Set([
  TAG.pkesk,
  TAG.skesk,
  TAG.encryptedWithoutIntegrity,
  TAG.marker,
  TAG.encrypted,
  TAG.librepgpAead,
  TAG.padding,
])

/** What a first octet that should begin an encrypted message says instead. */
export function refuseFirstOctet(octet: number): EnvelopeError {
  const tag = tagOf(octet)
  if (tag === null || !MESSAGE_TAGS.has(tag)) return notEncrypted()
  return refuseTag(tag)
}

function refuseTag(tag: number): EnvelopeError {
  if (tag === TAG.skesk) return malformed('password-packet')
  if (tag === TAG.encryptedWithoutIntegrity) return malformed('no-integrity')
  if (tag === TAG.librepgpAead) return malformed('librepgp-aead')
  return malformed('unexpected-packet')
}

const ARMOR = ascii('-----BEGIN PGP')

function refusePlaintext(bytes: Uint8Array): void {
  const first = bytes[0]
  if (ARMOR.every((octet, i) => bytes[i] === octet)) throw malformed('armored')
  const tag = first === undefined ? null : tagOf(first)
  if (tag === null || !MESSAGE_TAGS.has(tag)) throw notEncrypted()
}

function endOfHead(bytes: Uint8Array, offset: number): EnvelopeError {
  const octet = bytes[offset]
  if (octet !== undefined && tagOf(octet) === null) return malformed('unexpected-packet')
  return malformed(bytes.length >= HEAD_LIMIT ? 'head-too-large' : 'truncated')
}

/** One whole packet before the body, with its header, if such a packet may stand there. */
function headPacket(input: { bytes: Uint8Array; offset: number; header: PacketHeader }): Uint8Array {
  const { bytes, offset, header } = input
  if (header.tag !== TAG.pkesk && header.tag !== TAG.marker && header.tag !== TAG.padding) throw refuseTag(header.tag)
  if (header.partial || header.length === null) throw malformed('partial-length')
  const length = header.headerLength + header.length
  if (header.tag === TAG.pkesk && length > PKESK_LIMIT) throw malformed('pkesk-too-large')
  if (offset + length > HEAD_LIMIT) throw malformed('head-too-large')
  if (offset + length > bytes.length) throw malformed('truncated')
  return bytes.slice(offset, offset + length)
}

function readPkeskContents(packet: Uint8Array, headerLength: number): Pkesk {
  const contents = packet.subarray(headerLength)
  if (contents[0] === 3) return readPkesk3(packet, contents)
  if (contents[0] === 6) return readPkesk6(packet, contents)
  throw malformed('pkesk-malformed')
}

function readPkesk3(packet: Uint8Array, contents: Uint8Array): Pkesk {
  const keyId = contents.subarray(1, 9).toHex()
  const algorithm = contents[9]
  if (algorithm === undefined) throw malformed('pkesk-malformed')
  if (/^0*$/.test(keyId)) throw malformed('hidden-recipient')
  return { version: 3, keyVersion: null, recipient: { keyId }, algorithm, bytes: packet }
}

function readPkesk6(packet: Uint8Array, contents: Uint8Array): Pkesk {
  const [, size, keyVersion] = contents
  if (size === 0) throw malformed('hidden-recipient')
  if (!((keyVersion === 4 && size === 21) || (keyVersion === 6 && size === 33))) throw malformed('pkesk-malformed')
  const algorithm = contents[2 + size]
  if (algorithm === undefined) throw malformed('pkesk-malformed')
  const fingerprint = contents.subarray(3, 2 + size).toHex()
  return { version: 6, keyVersion, recipient: { fingerprint }, algorithm, bytes: packet }
}

function bodyVersion(input: {
  bytes: Uint8Array
  offset: number
  header: PacketHeader
  pkesks: readonly Pkesk[]
}): 1 | 2 {
  if (input.offset > HEAD_LIMIT) throw malformed('head-too-large')
  const version = input.bytes[input.offset + input.header.headerLength]
  if (version === undefined) throw malformed('truncated')
  if (version !== 1 && version !== 2) throw malformed('wrong-version')
  if (input.pkesks.some((pkesk) => pkesk.version !== pairedPkesk(version))) throw malformed('versions-not-paired')
  return version
}

/** The version of every PKESK before a body of this version: programs accept other pairs, we do not. */
export function pairedPkesk(bodyVersion: 1 | 2): 3 | 6 {
  return bodyVersion === 2 ? 6 : 3
}
