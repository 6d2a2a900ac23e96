// Custody `file`: a private key at rest (ARCHITECTURE.md#custody). Its bytes are sealed under a random unlock key; the
// unlock key is wrapped once per way in, here by a passphrase (Argon2id). Who has the file still needs the passphrase.
import { argon2 as argon2Callback, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import * as z from 'zod'
import { base64, fingerprint } from '#domain/values.ts'
import { type PrivateKeyBytes, readPrivateKeyBytes } from '#openpgp/keys.ts'
import { openSecret, sealSecret } from '#platform/crypto.ts'
import { locked } from '../terminal/exit-codes.ts'

const argon2 = promisify(argon2Callback)

const slot = z.strictObject({
  kind: z.literal('passphrase'),
  /** RFC 9106: memory in KiB. Bounded, so that a planted file cannot take the machine's memory. */
  argon2id: z.strictObject({
    memory: z.int().min(8192).max(1_048_576),
    passes: z.int().min(1).max(20),
    parallelism: z.int().min(1).max(16),
    salt: base64,
  }),
  unlockKey: base64,
})

export const lockedKey = z.strictObject({
  type: z.literal('safehand.key/1'),
  custody: z.literal('file'),
  fingerprint,
  encryptionSubkey: fingerprint,
  /** Public part, base64. */
  certificate: base64,
  /** AES-256-GCM under the unlock key, bound to the fingerprint. */
  privateKey: base64,
  slots: z.array(slot).min(1).max(10),
})
export type LockedKey = z.infer<typeof lockedKey>

export interface NewKey {
  readonly certificate: Uint8Array
  readonly privateKey: PrivateKeyBytes
  readonly fingerprint: string
  readonly encryptionSubkey: string
}

/** RFC 9106 section 4, the second recommended choice: 64 MiB, which pages can afford as well. */
const cost = { memory: 65_536, passes: 3, parallelism: 4 }

export async function lockKey({ key, passphrase }: { key: NewKey; passphrase: string }): Promise<LockedKey> {
  const unlockKey = randomBytes(32)
  const salt = randomBytes(32)
  const wrapping = await derive({ passphrase, salt, ...cost })
  const bound = { fingerprint: fingerprint.parse(key.fingerprint) }
  return {
    type: 'safehand.key/1',
    custody: 'file',
    ...bound,
    encryptionSubkey: fingerprint.parse(key.encryptionSubkey),
    certificate: key.certificate.toBase64(),
    privateKey: sealSecret({ key: unlockKey, secret: key.privateKey, context: contextOf(bound) }).toBase64(),
    slots: [
      {
        kind: 'passphrase',
        argon2id: { ...cost, salt: salt.toString('base64') },
        unlockKey: sealSecret({ key: wrapping, secret: unlockKey, context: slotContextOf(bound) }).toBase64(),
      },
    ],
  }
}

/** Throws CommandFailed `LOCKED` for a wrong passphrase and for a file that was changed: the two look alike. */
export async function unlockKey({
  file,
  passphrase,
}: {
  file: LockedKey
  passphrase: string
}): Promise<PrivateKeyBytes> {
  for (const way of file.slots) {
    const { salt, ...parameters } = way.argon2id
    const wrapping = await derive({ passphrase, salt: Buffer.from(salt, 'base64'), ...parameters })
    const opened = open({ file, wrapping, wrapped: Uint8Array.fromBase64(way.unlockKey) })
    if (opened) return (await readPrivateKeyBytes(opened)).privateKey
  }
  throw locked('This passphrase does not open the key.')
}

function open(locked: { file: LockedKey; wrapping: Uint8Array; wrapped: Uint8Array }): Uint8Array | null {
  const { file, wrapping, wrapped } = locked
  try {
    const key = openSecret({ key: wrapping, sealed: wrapped, context: slotContextOf(file) })
    return openSecret({ key, sealed: Uint8Array.fromBase64(file.privateKey), context: contextOf(file) })
  } catch {
    return null
  }
}

interface Derivation {
  readonly passphrase: string
  readonly salt: Uint8Array
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

function derive({ passphrase, salt, ...parameters }: Derivation): Promise<Buffer> {
  return argon2('argon2id', { message: passphrase.normalize('NFKC'), nonce: salt, tagLength: 32, ...parameters })
}

function contextOf({ fingerprint }: { fingerprint: string }): string {
  return `safehand key ${fingerprint}`
}

function slotContextOf({ fingerprint }: { fingerprint: string }): string {
  return `safehand unlock key ${fingerprint}`
}
