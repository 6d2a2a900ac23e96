// Certificates: read strictly, refused with a code, and described so that nobody else needs openpgp.js
// (ARCHITECTURE.md#accepted-keys). Trusts nothing in the bytes. Whose certificate it is, is the roster's business: user
// ids prove nothing here.
import { enums, type Key, readKey, type SignaturePacket, type Subkey } from 'openpgp'
import { around, fromDate, toDate } from './instant.ts'
import { config, PINNED } from './pinned.ts'
import { type NotPublic, type PublicCertificate, readPublicKey, writePublic } from './public-certificate.ts'

export type CertificateRefusal =
  | NotPublic['code']
  | 'KEY_WEAK'
  | 'KEY_NO_ENCRYPTION_SUBKEY'
  | 'KEY_NOT_YET_VALID'
  | 'KEY_EXPIRED'
  | 'KEY_REVOKED'

export interface EncryptionSubkey {
  readonly fingerprint: string
  readonly keyId: string
  /** As openpgp.js names it: `ecdh`, `x25519`, `rsaEncryptSign`, ... */
  readonly algorithm: string
  /** The first instant it is not valid any more; null: never. */
  readonly expires: string | null
}

/** A certificate found valid at one instant. Fingerprints and key ids are lower-case hex. */
export interface Certificate {
  readonly fingerprint: string
  readonly version: 4 | 6
  readonly userIds: string[]
  readonly created: string
  readonly expires: string | null
  /** Every subkey valid for encryption then, newest first. Never empty. */
  readonly encryptionSubkeys: EncryptionSubkey[]
  /** The primary key if it may sign, and every signing subkey valid then. */
  readonly signingFingerprints: string[]
  /** It declares SEIPD version 2 with AES-256-GCM, so the `v2-gcm` profile may be used for it. */
  readonly supportsV2Gcm: boolean
  /** Canonical binary form: what is stored and hashed. */
  readonly bytes: PublicCertificate
}

export type Inspection =
  | { ok: true; certificate: Certificate }
  | { ok: false; code: CertificateRefusal; detail: string }

/** Reads a certificate, armored or binary, as of the instant `at`. Never throws for what is in the bytes. */
export async function inspectCertificate(bytes: Uint8Array, at: string): Promise<Inspection> {
  const date = toDate(at)
  const opened = await readPublicKey(bytes)
  if ('code' in opened) return { ok: false, ...opened }
  const refusal = await refusePrimary(opened.key, date)
  if (refusal) return { ok: false, ...refusal }
  const subkeys = await encryptionSubkeys(opened.key, date)
  if (subkeys.length === 0) return { ok: false, ...(await whyNoSubkey(opened.key, date)) }
  return { ok: true, certificate: await describe({ key: opened.key, subkeys, date }) }
}

/**
 * As of now, by a clock that may be five minutes off: a certificate that is valid at some instant within them is. `at` is
 * that instant. One that is revoked is not.
 */
export async function inspectNow(bytes: Uint8Array, now: string): Promise<Inspection & { readonly at: string }> {
  const found = { ...(await inspectCertificate(bytes, now)), at: now }
  if (found.ok || found.code === 'KEY_REVOKED') return found
  for (const at of around(now)) {
    const other = await inspectCertificate(bytes, at)
    if (other.ok) return { ...other, at }
  }
  return found
}

/** The last second of a certificate that has ended by `now`; null: it has not, or cannot be read. */
export async function lastInForce(bytes: Uint8Array, now: string): Promise<string | null> {
  const opened = await readPublicKey(bytes)
  const end = 'code' in opened ? null : await opened.key.getExpirationTime(undefined, config())
  return end instanceof Date && end <= toDate(now) ? fromDate(new Date(end.getTime() - 1000)) : null
}

/**
 * The certificate with this fingerprint that its holder has revoked, at `at`, written anew; otherwise why it is not one.
 * Never throws for the bytes.
 */
export async function readRevocation(input: {
  bytes: Uint8Array
  fingerprint: string
  at: string
}): Promise<{ bytes: PublicCertificate } | Pick<NotPublic, 'code'>> {
  const opened = await readPublicKey(input.bytes)
  if ('code' in opened) return { code: opened.code }
  const { key } = opened
  const isRevoked = await key.isRevoked(undefined, undefined, toDate(input.at), config())
  return isRevoked && key.getFingerprint() === input.fingerprint
    ? { bytes: writePublic(key) }
    : { code: 'KEY_MALFORMED' }
}

/**
 * The newer state of a certificate with everything the older one said: without the older self-signatures, nothing that
 * was signed under them could be verified any more. Throws Error when the two are not the same key's.
 */
export async function mergeCertificates(input: {
  older: Uint8Array
  newer: Uint8Array
  at: string
}): Promise<Uint8Array> {
  const [older, newer] = await Promise.all(
    [input.older, input.newer].map((bytes) => readKey({ binaryKey: bytes, config: PINNED })),
  )
  if (!older || !newer) throw new Error('two certificates are needed')
  return (await older.update(newer, toDate(input.at), config())).write()
}

interface Refusal {
  readonly code: CertificateRefusal
  readonly detail: string
}

/** Revocation first, since it says more than expiry; then strength; then whatever else makes it invalid. */
async function refusePrimary(key: Key, date: Date): Promise<Refusal | null> {
  if (await key.isRevoked(undefined, undefined, date, config()))
    return { code: 'KEY_REVOKED', detail: 'it was revoked' }
  const weakness = weaknessOf(key)
  if (weakness) return { code: 'KEY_WEAK', detail: weakness }
  const made = key.getCreationTime()
  if (made > date) return notYet(made)
  const expires = await key.getExpirationTime(undefined, config())
  if (expires instanceof Date && expires <= date) return { code: 'KEY_EXPIRED', detail: `on ${fromDate(expires)}` }
  try {
    await key.verifyPrimaryKey(date, undefined, config())
    return null
  } catch (error) {
    return refusalFor(messageOf(error))
  }
}

function notYet(made: Date): Refusal {
  return { code: 'KEY_NOT_YET_VALID', detail: `made on ${fromDate(made)}` }
}

/** openpgp.js tells these apart by message only. */
function refusalFor(message: string): Refusal {
  if (/revoked/.test(message)) return { code: 'KEY_REVOKED', detail: message }
  if (/weak|disabled|Insecure hash/.test(message)) return { code: 'KEY_WEAK', detail: message }
  if (/expired/.test(message)) return { code: 'KEY_EXPIRED', detail: message }
  return { code: 'KEY_MALFORMED', detail: message }
}

const STRONG: ReadonlySet<string> = new Set(['ed25519', 'x25519', 'ed448', 'x448'])
const CURVES: ReadonlySet<string> = new Set(['ed25519Legacy', 'curve25519Legacy', 'nistP256', 'nistP384', 'nistP521'])

/**
 * What is too weak about a key or subkey; null when nothing is (Curve25519 or 448, or RSA from 3072 bits; NIST's
 * curves too, since smartcards and workstations in use have them).
 */
function weaknessOf(key: Key | Subkey): string | null {
  const { algorithm, bits, curve } = key.getAlgorithmInfo()
  if (STRONG.has(algorithm) || (curve !== undefined && CURVES.has(curve))) return null
  if (algorithm.startsWith('rsa')) return (bits ?? 0) >= 3072 ? null : `RSA with ${bits} bits; 3072 are needed`
  return `${curve ?? algorithm} is not accepted`
}

async function encryptionSubkeys(key: Key, date: Date): Promise<EncryptionSubkey[]> {
  const found: { created: Date; subkey: EncryptionSubkey }[] = []
  for (const subkey of key.subkeys) {
    const usable = await key.getEncryptionKey(subkey.getKeyID(), date, undefined, config()).catch(() => null)
    if (usable?.getFingerprint() !== subkey.getFingerprint() || weaknessOf(subkey)) continue
    found.push({ created: subkey.getCreationTime(), subkey: await describeSubkey(subkey, date) })
  }
  return found.sort((a, b) => b.created.getTime() - a.created.getTime()).map(({ subkey }) => subkey)
}

async function describeSubkey(subkey: Subkey, date: Date): Promise<EncryptionSubkey> {
  return {
    fingerprint: subkey.getFingerprint(),
    keyId: subkey.getKeyID().toHex(),
    algorithm: subkey.getAlgorithmInfo().algorithm,
    expires: expiry(await subkey.getExpirationTime(date, config())),
  }
}

/** Of several reasons the one a person can do something about; signing subkeys do not count. */
async function whyNoSubkey(key: Key, date: Date): Promise<Refusal> {
  const none: Refusal = { code: 'KEY_NO_ENCRYPTION_SUBKEY', detail: 'it has no subkey to encrypt to' }
  for (const subkey of key.subkeys) {
    if (!mayEncrypt(subkey)) continue
    const weakness = weaknessOf(subkey)
    if (weakness) return { code: 'KEY_WEAK', detail: weakness }
    if (subkey.getCreationTime() > date) return notYet(subkey.getCreationTime())
    const message = await subkey.verify(date, config()).then(() => '', messageOf)
    const refusal = refusalFor(message)
    if (refusal.code !== 'KEY_MALFORMED') return refusal
  }
  return none
}

const ENCRYPTION_FLAGS = enums.keyFlags.encryptCommunication | enums.keyFlags.encryptStorage

function mayEncrypt(subkey: Subkey): boolean {
  return subkey.bindingSignatures.some((signature) => ((signature.keyFlags?.[0] ?? 0) & ENCRYPTION_FLAGS) !== 0)
}

async function describe(input: { key: Key; subkeys: EncryptionSubkey[]; date: Date }): Promise<Certificate> {
  const { key, subkeys, date } = input
  return {
    fingerprint: key.getFingerprint(),
    version: key.getFingerprint().length === 64 ? 6 : 4,
    userIds: key.getUserIDs(),
    created: fromDate(key.getCreationTime()),
    expires: expiry(await key.getExpirationTime(undefined, config())),
    encryptionSubkeys: subkeys,
    signingFingerprints: await signingFingerprints(key, date),
    supportsV2Gcm: declaresV2Gcm(await selfSignature(key, date)),
    bytes: writePublic(key),
  }
}

async function signingFingerprints(key: Key, date: Date): Promise<string[]> {
  const found: string[] = []
  for (const candidate of [key, ...key.subkeys]) {
    const usable = await key.getSigningKey(candidate.getKeyID(), date, undefined, config()).catch(() => null)
    if (usable?.getFingerprint() === candidate.getFingerprint()) found.push(candidate.getFingerprint())
  }
  return found
}

/** What openpgp.js has and does not declare: the self-signature that speaks for the key, and its cipher suites. */
interface Undeclared {
  getPrimarySelfSignature(date: Date, userId: undefined, config: unknown): Promise<SelfSignature>
}
type SelfSignature = SignaturePacket & { preferredCipherSuites?: [number, number][] | null }

async function selfSignature(key: Key, date: Date): Promise<SelfSignature> {
  return (key as Key & Undeclared).getPrimarySelfSignature(date, undefined, config())
}

/** Features octet 0 (RFC 9580 5.2.3.32). */
const SEIPD2_FEATURE = 0x08

function declaresV2Gcm(signature: SelfSignature): boolean {
  const knowsSeipd2 = ((signature.features?.[0] ?? 0) & SEIPD2_FEATURE) !== 0
  const suites = signature.preferredCipherSuites ?? []
  return knowsSeipd2 && suites.some(([cipher, mode]) => cipher === enums.symmetric.aes256 && mode === enums.aead.gcm)
}

function expiry(time: Date | number | null): string | null {
  return time instanceof Date ? fromDate(time) : null
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unreadable'
}
