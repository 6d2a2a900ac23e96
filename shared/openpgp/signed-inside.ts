// What makes a literal packet a signed message (RFC 9580 10.3): the one-pass signature before it and the signature after it,
// from a detached binary signature over the same octets. Both together always take the same room, so that a body's length
// is known before anybody signed: the rest is filled with a private subpacket that no signature covers and nobody reads.
import { enums, readSignature, type SignaturePacket } from 'openpgp'
import { concat, fromHex, uint32 } from './bytes.ts'
import type { Around } from './cfb-encoder.ts'
import { readPacketHeader, TAG } from './framing.ts'
import { PINNED } from './pinned.ts'

/** Octets of both packets: room for a signature by any key that we accept. */
export const SIGNED_ROOM = 2560

/** RFC 9580 5.2.3.7: 100 to 110 are for private use. */
const FILLER = 100

/** `signature`: one detached binary signature, by a key that may be of version 4 or 6. Throws RangeError when it has no room. */
export async function signedAround(signature: Uint8Array): Promise<Around> {
  const { packets } = await readSignature({ binarySignature: signature, config: PINNED })
  const [found] = packets
  if (packets.length !== 1 || found?.signatureType !== enums.signature.binary)
    throw new RangeError('one binary signature')
  const before = onePass(found)
  return { before, after: filled(contentsOf(signature), SIGNED_ROOM - before.length) }
}

function contentsOf(packet: Uint8Array): Uint8Array {
  const header = readPacketHeader(packet, 0)
  if (header === null) throw new RangeError('no packet')
  return packet.subarray(header.headerLength)
}

/** Announces the signature, and that no other follows (RFC 9580 5.4). */
function onePass(signature: SignaturePacket): Uint8Array {
  const { version, hashAlgorithm, publicKeyAlgorithm, issuerKeyID, issuerFingerprint } = signature
  if (hashAlgorithm === null || publicKeyAlgorithm === null) throw new RangeError('no algorithm')
  const common = [enums.signature.binary, hashAlgorithm, publicKeyAlgorithm]
  // The library's declarations have no salt, which signatures of version 6 begin with.
  const { salt } = signature as SignaturePacket & { salt?: Uint8Array | null }
  const contents =
    version === 6
      ? [6, ...common, salt?.length ?? 0, ...(salt ?? []), ...(issuerFingerprint ?? []), 1]
      : [3, ...common, ...fromHex(issuerKeyID.toHex(), 8), 1]
  return Uint8Array.of(0xc0 | TAG.onePassSignature, contents.length, ...contents)
}

/** The same signature in a packet of `size` octets: what is missing goes into its unhashed area (RFC 9580 5.2.3). */
function filled(contents: Uint8Array, size: number): Uint8Array {
  const wide = contents[0] === 6 ? 4 : 2
  const hashed = uintAt(contents, { offset: 4, octets: wide })
  const area = 4 + wide + hashed
  const unhashed = uintAt(contents, { offset: area, octets: wide })
  const missing = size - PACKET_HEADER - contents.length - SUBPACKET_HEADER
  if (missing < 0) throw new RangeError('a signature that is too large')
  const filler = concat(Uint8Array.of(0xff), uint32(1 + missing), Uint8Array.of(FILLER), new Uint8Array(missing))
  const end = area + wide + unhashed
  return concat(
    Uint8Array.of(0xc0 | TAG.signature, 0xff),
    uint32(size - PACKET_HEADER),
    contents.subarray(0, area),
    uint32(unhashed + filler.length).subarray(4 - wide),
    contents.subarray(area + wide, end),
    filler,
    contents.subarray(end),
  )
}

/** First octet, 0xff and four octets of length; the same for a subpacket with its type. */
const PACKET_HEADER = 6
const SUBPACKET_HEADER = 6

function uintAt(bytes: Uint8Array, { offset, octets }: { offset: number; octets: number }): number {
  return bytes.subarray(offset, offset + octets).reduce((value, octet) => value * 256 + octet, 0)
}
