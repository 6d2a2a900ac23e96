// Session keys: wrapped for one encryption subkey as a PKESK of version 6 or 3, and unwrapped again (RFC 9580 5.1).
// Trusts certificates that certificates.ts inspected; a PKESK comes from anyone, and every failure looks the same.
import {
  decryptSessionKeys,
  encryptSessionKey,
  enums,
  type Key,
  type PrivateKey,
  readMessage,
  readPrivateKey,
  type Subkey,
} from 'openpgp'
import { malformed } from './envelope-error.ts'
import { isFor, pairedPkesk, type Pkesk, readPkesk } from './head.ts'
import { around, toDate } from './instant.ts'
import type { PrivateKeyBytes } from './keys.ts'
import { config, PINNED } from './pinned.ts'
import { readCertificate } from './read-certificate.ts'

declare const sessionKeyBrand: unique symbol

/** 32 secret octets that open every body of one transfer. Never logged, never stored unwrapped. */
export type SessionKey = Uint8Array & { readonly [sessionKeyBrand]: true }

/** Throws EnvelopeError when these are not 32 octets. Fresh ones come from a cryptographic random source. */
export function asSessionKey(bytes: Uint8Array): SessionKey {
  if (bytes.length !== 32) throw malformed('session-key-length')
  return bytes as SessionKey
}

/**
 * The PKESK packet for one encryption subkey (full fingerprint) of a certificate valid at `at`, give or take what clocks
 * may differ by: version 6 before a body of
 * version 2 (`v2-gcm`, also when left out), version 3 before one of version 1 (`v1-cfb`).
 * Throws Error when that subkey cannot be encrypted to at that time: inspect the certificate before.
 */
export async function wrapSessionKey(input: {
  sessionKey: SessionKey
  certificate: Uint8Array
  encryptionSubkey: string
  at: string
  bodyVersion?: 1 | 2
}): Promise<Uint8Array> {
  const certificate = await readCertificate(input.certificate)
  const subkey = certificate.getSubkeys().find((candidate) => candidate.getFingerprint() === input.encryptionSubkey)
  if (!subkey) throw new Error('this certificate has no such subkey')
  const date = await usableAt(certificate, { subkey, at: input.at })
  const bytes = await encryptSessionKey({
    data: input.sessionKey,
    algorithm: 'aes256',
    ...(input.bodyVersion === 1 ? {} : { aeadAlgorithm: 'gcm' as const }),
    encryptionKeys: certificate,
    encryptionKeyIDs: subkey.getKeyID(),
    date,
    format: 'binary',
    config: PINNED,
  })
  if (!isFor(readPkesk(bytes).recipient, input.encryptionSubkey)) throw new Error('wrapped for another subkey')
  return bytes
}

async function usableAt(
  certificate: Key,
  { subkey, at }: { readonly subkey: Subkey; readonly at: string },
): Promise<Date> {
  for (const date of around(at).map(toDate)) {
    const usable = await certificate.getEncryptionKey(subkey.getKeyID(), date, undefined, config()).catch(() => null)
    if (usable?.getFingerprint() === subkey.getFingerprint()) return date
  }
  return toDate(at)
}

/**
 * Opens one PKESK with an unlocked private key, expired or not. `bodyVersion`: of the body it stands before; 2 when left
 * out. A PKESK of another generation is refused, though openpgp.js would open it. Throws EnvelopeError.
 */
export async function unwrapSessionKey(input: {
  pkesk: Uint8Array
  key: PrivateKeyBytes
  bodyVersion?: 1 | 2
}): Promise<SessionKey> {
  if (readPkesk(input.pkesk).version !== pairedPkesk(input.bodyVersion ?? 2)) throw malformed('versions-not-paired')
  return asSessionKey(await decrypt(input))
}

/**
 * Version 3 names the cipher, and it must be AES-256. For version 6 openpgp.js names none: the body's header says it, and
 * only AES-256 is accepted there.
 */
async function decrypt(input: { pkesk: Uint8Array; key: PrivateKeyBytes }): Promise<Uint8Array> {
  const found = await tryDecrypt(input)
  if (found === null) throw malformed('cannot-unwrap')
  if (found.algorithm && found.algorithm !== 'aes256') throw malformed('wrong-cipher')
  return found.data
}

async function tryDecrypt(input: { pkesk: Uint8Array; key: PrivateKeyBytes }) {
  try {
    const decryptionKeys = await readPrivateKey({ binaryKey: input.key, config: PINNED })
    if (isRsaVersion6(readPkesk(input.pkesk))) return await decryptRsaVersion6({ ...input, key: decryptionKeys })
    const message = await readMessage({ binaryMessage: input.pkesk, config: PINNED })
    const [found] = await decryptSessionKeys({ message, decryptionKeys, config: PINNED })
    return found ?? null
  } catch {
    // What went wrong would tell an attacker about the key.
    return null
  }
}

function isRsaVersion6({ version, algorithm }: Pkesk): boolean {
  return version === 6 && (algorithm === enums.publicKey.rsaEncryptSign || algorithm === enums.publicKey.rsaEncrypt)
}

/**
 * openpgp.js 6.3.2 answers every RSA PKESK of version 6 with a random session key when `constantTimePKCS1Decryption` is on:
 * it compares the cipher that version 6 does not name. So it is off here, and the random key for what does not decrypt is
 * ours: whoever tries forged PKESKs is told `altered` by the body, as everybody else is.
 */
async function decryptRsaVersion6(input: { pkesk: Uint8Array; key: PrivateKey }) {
  const { recipient } = readPkesk(input.pkesk)
  if (!input.key.getKeys().some((key) => isFor(recipient, key.getFingerprint()))) return null
  const config = { ...PINNED, constantTimePKCS1Decryption: false }
  const message = await readMessage({ binaryMessage: input.pkesk, config })
  const random = { data: crypto.getRandomValues(new Uint8Array(32)), algorithm: null }
  const [found] = await decryptSessionKeys({ message, decryptionKeys: input.key, config }).catch(() => [random])
  return found?.data.length === 32 ? found : random
}
