// Detached binary signatures over exact bytes: how every signed document is signed and verified
// (ARCHITECTURE.md#signed-documents).
// A verifier trusts the certificate it was given and nothing inside the signature until it verified; one signature, one signer.
import {
  createMessage,
  enums,
  type Key,
  readPrivateKey,
  readSignature,
  type SignaturePacket,
  sign,
  verify,
} from 'openpgp'
import { readPacketHeader, TAG } from './framing.ts'
import { CLOCK_SKEW_SECONDS, fromDate, toDate } from './instant.ts'
import type { PrivateKeyBytes } from './keys.ts'
import { config, PINNED } from './pinned.ts'
import { readCertificate } from './read-certificate.ts'

export type SignatureRefusal =
  | 'malformed'
  /** None, two or more signatures, or anything beside the one. */
  | 'not-one-signature'
  /** Not type 0x00: a text, certification or other signature. */
  | 'not-binary'
  | 'weak-hash'
  /** Not made by this certificate. */
  | 'other-key'
  /** Dated more than five minutes ahead. */
  | 'future'
  /** The certificate or its signing subkey was not valid (expired, revoked, weak, too young) when it was made. */
  | 'key-not-valid'
  /** These are not the bytes that were signed, or the signature has expired itself. */
  | 'wrong'

export type Verification = { ok: true; fingerprint: string; signedAt: string } | { ok: false; reason: SignatureRefusal }

/** Signs `bytes` with an unlocked private key, dated `at`. Throws Error when that key may not sign then. */
export async function signDetached(input: {
  bytes: Uint8Array
  key: PrivateKeyBytes
  at: string
}): Promise<Uint8Array> {
  return sign({
    message: await createMessage({ binary: input.bytes }),
    signingKeys: await readPrivateKey({ binaryKey: input.key, config: PINNED }),
    detached: true,
    date: toDate(input.at),
    format: 'binary',
    config: PINNED,
  })
}

/**
 * Whether `signature` is exactly one binary signature over `bytes` by `certificate`'s primary key or a signing subkey that
 * was valid when it was made. `fingerprint` is that key's own; `signedAt` the signer's word for when. Never throws for
 * what is in the signature; throws Error for a certificate that cannot be read.
 */
export async function verifyDetached(input: {
  bytes: Uint8Array
  signature: Uint8Array
  certificate: Uint8Array
  at: string
}): Promise<Verification> {
  const at = toDate(input.at)
  const certificate = await readCertificate(input.certificate)
  const found = await onlySignature(input.signature)
  if (typeof found === 'string') return refused(found)
  const { packet, created } = found
  const signer = certificate.getKeys().find((key) => key.getKeyID().equals(packet.issuerKeyID))
  if (!signer) return refused('other-key')
  if (created.getTime() > at.getTime() + CLOCK_SKEW_SECONDS * 1000) return refused('future')
  if (!(await maySign({ certificate, signer, created }))) return refused('key-not-valid')
  // openpgp.js refuses any signature later than `date`: within the skew its own time is the date.
  const date = new Date(Math.max(created.getTime(), at.getTime()))
  if (!(await verifies({ ...input, certificate, date }))) return refused('wrong')
  return { ok: true, fingerprint: signer.getFingerprint(), signedAt: fromDate(created) }
}

function refused(reason: SignatureRefusal): Verification {
  return { ok: false, reason }
}

const STRONG_HASHES: ReadonlySet<number> = new Set([
  enums.hash.sha256,
  enums.hash.sha384,
  enums.hash.sha512,
  enums.hash.sha3_256,
  enums.hash.sha3_512,
])

/** Read anew for each use: openpgp.js caches in its packets. */
async function onlySignature(
  bytes: Uint8Array,
): Promise<{ packet: SignaturePacket; created: Date } | SignatureRefusal> {
  if (!isOneSignaturePacket(bytes)) return 'not-one-signature'
  const signature = await readSignature({ binarySignature: bytes, config: PINNED }).catch(() => null)
  const packet = signature?.packets[0]
  if (!packet || signature.packets.length !== 1 || !packet.created) return 'malformed'
  if (packet.signatureType !== enums.signature.binary) return 'not-binary'
  if (packet.hashAlgorithm === null || !STRONG_HASHES.has(packet.hashAlgorithm)) return 'weak-hash'
  return { packet, created: packet.created }
}

/** openpgp.js skips packets it does not know, so that they are looked for here. */
function isOneSignaturePacket(bytes: Uint8Array): boolean {
  const header = readPacketHeader(bytes, 0)
  return header?.tag === TAG.signature && !header.partial && header.headerLength + (header.length ?? 0) === bytes.length
}

/** Flags, binding, expiry and soft revocation are judged at the signature's own time; a hard revocation counts always. */
async function maySign(input: {
  certificate: Key
  signer: ReturnType<Key['getKeys']>[number]
  created: Date
}): Promise<boolean> {
  const { certificate, signer, created } = input
  if (signer.getCreationTime() > created) return false
  const usable = await certificate.getSigningKey(signer.getKeyID(), created, undefined, config()).catch(() => null)
  return usable?.getFingerprint() === signer.getFingerprint()
}

async function verifies(input: {
  bytes: Uint8Array
  signature: Uint8Array
  certificate: Key
  date: Date
}): Promise<boolean> {
  try {
    const result = await verify({
      message: await createMessage({ binary: input.bytes }),
      signature: await readSignature({ binarySignature: input.signature, config: PINNED }),
      verificationKeys: input.certificate,
      date: input.date,
      format: 'binary',
      config: PINNED,
    })
    const [only] = result.signatures
    return result.signatures.length === 1 && only !== undefined && (await only.verified)
  } catch {
    return false
  }
}
