// The server's symmetric secrets: files of 32 random octets, outside PostgreSQL. Whoever has them and the database can
// sign in as anyone; with the database alone nobody can.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Secrets {
  /** Signs session cookies. */
  readonly session: Uint8Array
  /** Seals authenticator secrets. */
  readonly totp: Uint8Array
  /** Derives what is shown once: tokens, invitations, codes. */
  readonly tokens: Uint8Array
  /** Derives the secrets of webhooks; the housekeeper has the same. */
  readonly webhooks: Uint8Array
}

/** Throws, naming the file, when one is missing or not 32 octets: there is no default. */
export async function loadSecrets(folder: string): Promise<Secrets> {
  const [session, totp, tokens, webhooks] = await Promise.all([
    readSecret(folder, 'session'),
    readSecret(folder, 'totp'),
    readSecret(folder, 'tokens'),
    readSecret(folder, 'webhooks'),
  ])
  return { session, totp, tokens, webhooks }
}

export async function readSecret(folder: string, name: keyof Secrets): Promise<Uint8Array> {
  const path = join(folder, `${name}.key`)
  const secret = await readFile(path)
  if (secret.length !== 32) throw new Error(`${path} must hold 32 random octets`)
  return secret
}
