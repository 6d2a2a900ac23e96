// What a person's program keeps of a key, by its custody (ARCHITECTURE.md#custody): protected in the file itself, or only
// where it is.
import * as z from 'zod'
import { base64, fingerprint } from '../values.ts'

/** A way in: the unlock key, sealed under what was derived from a passphrase. */
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

const known = {
  type: z.literal('safehand.key/1'),
  fingerprint,
  encryptionSubkey: fingerprint,
  /** Public part, base64. */
  certificate: base64,
}

/** Custody `file`: the private key itself, sealed with AES-256-GCM under the unlock key and bound to the fingerprint. */
export const protectedKey = z.strictObject({
  ...known,
  custody: z.literal('file'),
  privateKey: base64,
  slots: z.array(slot).min(1).max(10),
})
export type ProtectedKey = z.infer<typeof protectedKey>

/** Custody `own`: the private key is elsewhere, and never comes here. */
const ownKey = z.strictObject({
  ...known,
  custody: z.literal('own'),
  /** `gpg`: this program calls it, with its agent or smartcard; `by-hand`: the person runs a program of their own. */
  reach: z.enum(['gpg', 'by-hand']),
})
export type OwnKey = z.infer<typeof ownKey>

export const keyFile = z.discriminatedUnion('custody', [protectedKey, ownKey])
export type KeyFile = z.infer<typeof keyFile>
