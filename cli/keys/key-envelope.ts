// Protects and unlocks key files with Node's own Argon2id and AES.
import { argon2 as argon2Callback, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import * as envelope from '#client/trust/key-envelope.ts'
import type { ProtectedKey } from '#domain/certificates/key-file.ts'
import type { PrivateKeyBytes } from '#openpgp/keys.ts'
import { openSecret, sealSecret } from '#platform/crypto.ts'
import { unauthenticated } from '../terminal/exit-codes.ts'

const argon2 = promisify(argon2Callback)

export const protection: envelope.KeyProtection = {
  argon2id: ({ passphrase, salt, ...parameters }) =>
    argon2('argon2id', { message: passphrase, nonce: salt, tagLength: 32, ...parameters }),
  seal: sealSecret,
  open: openSecret,
  random: (octets) => Uint8Array.from(randomBytes(octets)),
}

export function protectKey(toProtect: envelope.KeyToProtect): Promise<ProtectedKey> {
  return envelope.protectKey(protection, toProtect)
}

/** Throws CommandFailed `LOCKED` for a wrong passphrase and for a file that was changed. */
export async function unlockKey(unlocking: envelope.Unlocking): Promise<PrivateKeyBytes> {
  const key = await envelope.unlockKey(protection, unlocking)
  if (!key) throw unauthenticated('This passphrase does not open the key.')
  return key
}
