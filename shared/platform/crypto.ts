/**
 * The cryptography of Node that is no OpenPGP: hashes, passwords, log keys, secrets at rest, ids. Only `node:crypto`.
 * Raw Ed25519 keys are the 32 octets of RFC 8032; sealed secrets are AES-256-GCM bound to a context.
 */
import {
  argon2 as argon2Callback,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { promisify } from 'node:util'
import type { Bytes } from '#domain/values.ts'
import { inflate } from './inflate.ts'

const argon2 = promisify(argon2Callback)

export const sha256 = (bytes: Uint8Array): Bytes => new Uint8Array(hash('sha256', bytes, 'buffer'))
export const sha1 = (bytes: Uint8Array): Uint8Array => hash('sha1', bytes, 'buffer')
export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex')

/** 128 random bits as 32 lower-case hex characters: the form of every id. */
export const randomId = (): string => randomBytes(16).toString('hex')

/** A bearer secret of 256 bits for tokens and invitations; store `sha256Hex` of it, never itself. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** Compares secrets in a time that depends on their length only. */
export function equalSecrets(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

// Passwords: argon2id with the second recommended choice of RFC 9106, section 4.

type Argon2Cost = { memory: number; passes: number; parallelism: number }
const COST: Argon2Cost = { memory: 65_536, passes: 3, parallelism: 4 }
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,})\$([A-Za-z0-9+/]{43})$/

/** @returns a PHC string: `$argon2id$v=19$m=65536,t=3,p=4$SALT$HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await argon2id({ password, salt, cost: COST })
  const { memory, passes, parallelism } = COST
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** Whether the password is the one that was hashed. Throws when the stored text is no PHC string of ours. */
export async function verifyPassword({ password, stored }: { password: string; stored: string }): Promise<boolean> {
  const [, memory, passes, parallelism, salt, expected] = stored.match(PHC) ?? []
  if (salt === undefined || expected === undefined) throw new Error('this is no argon2id hash')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const tag = await argon2id({ password, salt: Buffer.from(salt, 'base64'), cost })
  return timingSafeEqual(tag, Buffer.from(expected, 'base64'))
}

/** Text is normalised first: the same password typed on another keyboard is the same octets. */
async function argon2id(wanted: { password: string; salt: Buffer; cost: Argon2Cost }): Promise<Buffer> {
  const message = wanted.password.normalize('NFKC')
  return argon2('argon2id', { message, nonce: wanted.salt, tagLength: 32, ...wanted.cost })
}

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')

// Ed25519: DER around a raw key is always the same prefix (RFC 8410).

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

export type Ed25519Message = { message: Uint8Array; signature: Uint8Array; publicKey: Uint8Array }

/** A signing key from its 32-octet seed. */
export function ed25519Key(seed: Uint8Array): { publicKey: Uint8Array; sign(message: Uint8Array): Uint8Array } {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 octets')
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return { publicKey: new Uint8Array(spki.subarray(-32)), sign: (message) => sign(null, message, key) }
}

/** False for anything that is not this key's signature, a malformed key included. */
export function verifyEd25519({ message, signature, publicKey }: Ed25519Message): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  let key: KeyObject
  try {
    key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' })
  } catch {
    return false
  }
  return verify(null, message, key, signature)
}

// Secrets at rest (TOTP secrets, scan keys): version || nonce || ciphertext || tag, bound to what they are for.

const SEAL_VERSION = 1
const NONCE_LENGTH = 12
const TAG_LENGTH = 16

/** @param key 32 octets. @param context what the secret belongs to, e.g. `totp ACCOUNT`: opening needs the same. */
export function sealSecret({
  key,
  secret,
  context,
}: {
  key: Uint8Array
  secret: Uint8Array
  context: string
}): Uint8Array {
  const nonce = randomBytes(NONCE_LENGTH)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([Uint8Array.of(SEAL_VERSION), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
}

/** Throws for another key, another context, or a changed octet. */
export function openSecret({
  key,
  sealed,
  context,
}: {
  key: Uint8Array
  sealed: Uint8Array
  context: string
}): Uint8Array {
  if (sealed[0] !== SEAL_VERSION || sealed.length < 1 + NONCE_LENGTH + TAG_LENGTH) throw new Error('no sealed secret')
  const nonce = sealed.subarray(1, 1 + NONCE_LENGTH)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH })
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_LENGTH))
  return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_LENGTH, -TAG_LENGTH)), decipher.final()])
}

// What shared/openpgp asks its caller for (its `Primitives`): native here, so that `v1-cfb` streams at the cipher's speed.

const CFB_IV = new Uint8Array(16)

type CfbOptions = { key: Uint8Array; direction: 'encrypt' | 'decrypt' }

export const openpgpPrimitives = {
  /** AES-256-CFB with whole-block feedback and an IV of zeroes (RFC 9580 5.13.1). */
  cfb: ({ key, direction }: CfbOptions) =>
    direction === 'encrypt' ? createCipheriv('aes-256-cfb', key, CFB_IV) : createDecipheriv('aes-256-cfb', key, CFB_IV),
  sha1: () => createHash('sha1'),
  sha256: () => createHash('sha256'),
  inflate,
}
