// Makes OpenPGP keys and writes them down in clear; what protects them is the key store's own Argon2id envelope, not OpenPGP's.
// Version 4 with Ed25519 and Curve25519, declaring AES-256-GCM: GnuPG can import it, we use `v2-gcm`
// (ARCHITECTURE.md#profiles).
import {
  encryptKey,
  enums,
  generateKey as generate,
  type Key,
  type PrivateKey,
  readPrivateKey,
  readPrivateKeys,
  reformatKey,
} from 'openpgp'
import { toDate } from './instant.ts'
import { config, PINNED } from './pinned.ts'
import { type PublicCertificate, writePublic } from './public-certificate.ts'

declare const privateKeyBrand: unique symbol

/** One unlocked OpenPGP private key, binary. Never logged, never sent. */
export type PrivateKeyBytes = Uint8Array & { readonly [privateKeyBrand]: true }

export interface KeyPair {
  readonly certificate: PublicCertificate
  readonly privateKey: PrivateKeyBytes
  /** Of the primary key, which signs. */
  readonly fingerprint: string
  /** Fingerprint of the only encryption subkey. */
  readonly encryptionSubkey: string
}

/** A key of a person, a service, a roster or a root. `expiresAfterSeconds`: from `at`; null: never. */
export async function generateKey(input: {
  name: string
  email?: string
  at: string
  expiresAfterSeconds: number | null
}): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate({
    userIDs: { name: input.name, ...(input.email === undefined ? {} : { email: input.email }) },
    type: 'ecc',
    curve: 'ed25519Legacy',
    date: toDate(input.at),
    keyExpirationTime: input.expiresAfterSeconds ?? 0,
    format: 'object',
    config: PINNED,
  })
  return pairOf(privateKey, publicKey)
}

function pairOf(privateKey: PrivateKey, publicKey: Key): KeyPair {
  return {
    certificate: writePublic(publicKey),
    privateKey: privateKey.write() as PrivateKeyBytes,
    fingerprint: publicKey.getFingerprint(),
    encryptionSubkey: onlySubkey(publicKey),
  }
}

export interface Renewal {
  readonly key: PrivateKeyBytes
  readonly at: string
  /** From `at`; null: never. */
  readonly expiresAfterSeconds: number | null
  /** `gnupg`: the key declares only what GnuPG reads, so that it is sent to in the profile `v1-cfb`. */
  readonly features: 'as-before' | 'gnupg'
}

/** The same key with another expiry or other features, by new self-signatures beside the old ones. */
export async function renewKey({ key, at, expiresAfterSeconds, features }: Renewal): Promise<KeyPair> {
  const before = await readPrivateKey({ binaryKey: key, config: PINNED })
  const date = toDate(at)
  const life = expiresAfterSeconds === null ? 0 : secondsSince(before.getCreationTime(), date) + expiresAfterSeconds
  const { privateKey } = await reformatKey({
    privateKey: before,
    // The user id as it stands, so that it stays the same one.
    userIDs: before.getUserIDs().map((userId) => ({ name: userId })),
    keyExpirationTime: life,
    date,
    format: 'object',
    config: { ...PINNED, aeadProtect: features === 'as-before' && declaresSeipd2(before) },
  })
  const merged = (await privateKey.update(before, date, config())) as PrivateKey
  return pairOf(merged, merged.toPublic())
}

/** Of the newest self-signature; one's own key is not verified, and may have expired. */
function declaresSeipd2(key: PrivateKey): boolean {
  const signatures = key.users.flatMap((user) => user.selfCertifications)
  const [newest] = signatures.toSorted((one, other) => Number(other.created) - Number(one.created))
  return ((newest?.features?.[0] ?? 0) & SEIPD2_FEATURE) !== 0
}

/** Features octet 0 (RFC 9580 5.2.3.32). */
const SEIPD2_FEATURE = 0x08

/** OpenPGP counts a key's life from its creation (RFC 9580 5.2.3.13). */
function secondsSince(earlier: Date, later: Date): number {
  return Math.round((later.getTime() - earlier.getTime()) / 1000)
}

/** Armored, protected as GnuPG reads it: iterated and salted S2K, no AEAD (ARCHITECTURE.md#custody). */
export async function protectForGnupg(input: { key: PrivateKeyBytes; passphrase: string }): Promise<string> {
  const privateKey = await readPrivateKey({ binaryKey: input.key, config: PINNED })
  const withPassphrase = await encryptKey({
    privateKey,
    passphrase: input.passphrase,
    config: { ...PINNED, aeadProtect: false, s2kType: enums.s2k.iterated, s2kIterationCountByte: 255 },
  })
  return withPassphrase.armor(config())
}

/** A one-use scan key: for one transfer, named in its user id, for at most a day (ARCHITECTURE.md#scan-certificate). */
export async function generateScanKey(input: {
  transfer: string
  at: string
  expiresAfterSeconds: number
}): Promise<KeyPair> {
  if (!(input.expiresAfterSeconds > 0 && input.expiresAfterSeconds <= 86_400)) {
    throw new RangeError('a scan key lives for at most 24 hours')
  }
  return generateKey({ ...input, name: `Safehand scan ${input.transfer}` })
}

/** Reads what `generateKey` wrote. Throws Error when it is not exactly one unlocked private key. */
export async function readPrivateKeyBytes(
  bytes: Uint8Array,
): Promise<{ privateKey: PrivateKeyBytes; certificate: PublicCertificate }> {
  const keys: PrivateKey[] = await readPrivateKeys({ binaryKeys: bytes, config: PINNED })
  const [key] = keys
  if (!key || keys.length !== 1) throw new Error('not exactly one private key')
  if (!key.isDecrypted()) throw new Error('the private key is protected by a passphrase')
  return { privateKey: key.write() as PrivateKeyBytes, certificate: writePublic(key.toPublic()) }
}

function onlySubkey(key: Key): string {
  const [subkey] = key.subkeys
  if (!subkey || key.subkeys.length !== 1) throw new Error('not exactly one subkey')
  return subkey.getFingerprint()
}
