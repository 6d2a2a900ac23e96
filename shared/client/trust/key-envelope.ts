// Custody `file`: a private key at rest (ARCHITECTURE.md#custody). Its bytes are sealed under a random unlock key; the
// unlock key is wrapped once per way in, here by a passphrase (Argon2id). Who has the file still needs the passphrase.
import type { ProtectedKey } from '#domain/certificates/key-file.ts'
import { fingerprint } from '#domain/values.ts'
import { type KeyPair, type PrivateKeyBytes, readPrivateKeyBytes } from '#openpgp/keys.ts'

/** What protects and opens keys, where this runs. */
export interface KeyProtection {
  /** Argon2id (RFC 9106), 32 octets. */
  argon2id(derivation: Derivation): Promise<Uint8Array>
  /** AES-256-GCM under a fresh nonce, bound to `context`. */
  seal(of: { key: Uint8Array; secret: Uint8Array; context: string }): Uint8Array | Promise<Uint8Array>
  /** Throws for another key, another context, or a changed octet. */
  open(of: { key: Uint8Array; sealed: Uint8Array; context: string }): Uint8Array | Promise<Uint8Array>
  /** So many octets that nobody can guess. */
  random(octets: number): Uint8Array
}

export interface Derivation {
  readonly passphrase: string
  readonly salt: Uint8Array
  /** In KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** RFC 9106 section 4, the second recommended choice: 64 MiB, which pages can afford as well. */
const cost = { memory: 65_536, passes: 3, parallelism: 4 }

export interface KeyToProtect {
  readonly key: KeyPair
  readonly passphrase: string
}

export async function protectKey(protection: KeyProtection, { key, passphrase }: KeyToProtect): Promise<ProtectedKey> {
  const unlockKey = protection.random(32)
  const salt = protection.random(32)
  const wrapping = await derive(protection, { passphrase, salt, ...cost })
  const bound = { fingerprint: fingerprint.parse(key.fingerprint) }
  const privateKey = await protection.seal({ key: unlockKey, secret: key.privateKey, context: contextOf(bound) })
  const wrapped = await protection.seal({ key: wrapping, secret: unlockKey, context: slotContextOf(bound) })
  return {
    type: 'safehand.key/1',
    custody: 'file',
    ...bound,
    encryptionSubkey: fingerprint.parse(key.encryptionSubkey),
    certificate: key.certificate.toBase64(),
    privateKey: privateKey.toBase64(),
    slots: [{ kind: 'passphrase', argon2id: { ...cost, salt: salt.toBase64() }, unlockKey: wrapped.toBase64() }],
  }
}

export interface Unlocking {
  readonly file: ProtectedKey
  readonly passphrase: string
}

/** Null for a wrong passphrase and for a file that was changed: the two look alike. */
export async function unlockKey(
  protection: KeyProtection,
  { file, passphrase }: Unlocking,
): Promise<PrivateKeyBytes | null> {
  for (const way of file.slots) {
    const { salt, ...parameters } = way.argon2id
    const wrapping = await derive(protection, { passphrase, salt: Uint8Array.fromBase64(salt), ...parameters })
    const opened = await open(protection, { file, wrapping, wrapped: Uint8Array.fromBase64(way.unlockKey) })
    if (opened) return (await readPrivateKeyBytes(opened)).privateKey
  }
  return null
}

interface Wrapped {
  readonly file: ProtectedKey
  readonly wrapping: Uint8Array
  readonly wrapped: Uint8Array
}

async function open(protection: KeyProtection, { file, wrapping, wrapped }: Wrapped): Promise<Uint8Array | null> {
  try {
    const key = await protection.open({ key: wrapping, sealed: wrapped, context: slotContextOf(file) })
    return await protection.open({ key, sealed: Uint8Array.fromBase64(file.privateKey), context: contextOf(file) })
  } catch {
    return null
  }
}

/** The same passphrase, however a keyboard composes it. */
function derive(protection: KeyProtection, { passphrase, ...rest }: Derivation): Promise<Uint8Array> {
  return protection.argon2id({ passphrase: passphrase.normalize('NFKC'), ...rest })
}

function contextOf({ fingerprint }: Pick<ProtectedKey, 'fingerprint'>): string {
  return `safehand key ${fingerprint}`
}

function slotContextOf({ fingerprint }: Pick<ProtectedKey, 'fingerprint'>): string {
  return `safehand unlock key ${fingerprint}`
}
