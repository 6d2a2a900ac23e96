// Session keys: wrapped for one encryption subkey as a PKESK version 6, and unwrapped again (RFC 9580 5.1.2).
// Trusts certificates that certificates.ts inspected; a PKESK comes from anyone, and every failure looks the same.
import { decryptSessionKeys, encryptSessionKey, readKey, readMessage, readPrivateKey } from 'openpgp'
import { malformed } from './envelope-error.ts'
import { isFor, readPkesk } from './head.ts'
import { toDate } from './instant.ts'
import type { PrivateKeyBytes } from './keys.ts'
import { PINNED } from './pinned.ts'

declare const sessionKeyBrand: unique symbol

/** 32 secret octets that open every body of one transfer. Never logged, never stored unwrapped. */
export type SessionKey = Uint8Array & { readonly [sessionKeyBrand]: true }

/** Throws EnvelopeError when these are not 32 octets. Fresh ones come from a cryptographic random source. */
export function asSessionKey(bytes: Uint8Array): SessionKey {
  if (bytes.length !== 32) throw malformed('session-key-length')
  return bytes as SessionKey
}

/**
 * The PKESK packet for one encryption subkey (full fingerprint) of a certificate valid at `at`.
 * Throws Error when that subkey cannot be encrypted to at that time: inspect the certificate before.
 */
export async function wrapSessionKey(input: {
  sessionKey: SessionKey
  certificate: Uint8Array
  encryptionSubkey: string
  at: string
}): Promise<Uint8Array> {
  const certificate = await readKey({ binaryKey: input.certificate, config: PINNED })
  const subkey = certificate.getSubkeys().find((candidate) => candidate.getFingerprint() === input.encryptionSubkey)
  if (!subkey) throw new Error('this certificate has no such subkey')
  const bytes = await encryptSessionKey({
    data: input.sessionKey,
    algorithm: 'aes256',
    aeadAlgorithm: 'gcm',
    encryptionKeys: certificate,
    encryptionKeyIDs: subkey.getKeyID(),
    date: toDate(input.at),
    format: 'binary',
    config: PINNED,
  })
  if (!isFor(readPkesk(bytes).recipient, input.encryptionSubkey)) throw new Error('wrapped for another subkey')
  return bytes
}

/** Opens one PKESK with an unlocked private key, expired or not. Throws EnvelopeError. */
export async function unwrapSessionKey(input: { pkesk: Uint8Array; key: PrivateKeyBytes }): Promise<SessionKey> {
  if (readPkesk(input.pkesk).version !== 6) throw malformed('versions-not-paired')
  return asSessionKey(await decrypt(input))
}

/** For version 6 openpgp.js names no algorithm: the body's header says it, and only AES-256 is accepted there. */
async function decrypt(input: { pkesk: Uint8Array; key: PrivateKeyBytes }): Promise<Uint8Array> {
  try {
    const decryptionKeys = await readPrivateKey({ binaryKey: input.key, config: PINNED })
    const message = await readMessage({ binaryMessage: input.pkesk, config: PINNED })
    const [found] = await decryptSessionKeys({ message, decryptionKeys, config: PINNED })
    if (found) return found.data
  } catch {
    // What went wrong would tell an attacker about the key.
  }
  throw malformed('cannot-unwrap')
}
