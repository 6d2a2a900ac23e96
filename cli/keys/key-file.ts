// What a home keeps of a key, by its custody (ARCHITECTURE.md#custody): locked by a passphrase in the file itself, or
// only where it is.
import * as z from 'zod'
import { base64, fingerprint } from '#domain/values.ts'
import { lockedKey } from './key-envelope.ts'

/** Custody `own`: the private key is elsewhere, and never comes here. */
const ownKey = z.strictObject({
  type: z.literal('safehand.key/1'),
  custody: z.literal('own'),
  fingerprint,
  encryptionSubkey: fingerprint,
  /** Public part, base64. */
  certificate: base64,
  /** `gpg`: this command calls it, with its agent or smartcard; `by-hand`: the person runs a program of their own. */
  reach: z.enum(['gpg', 'by-hand']),
})
export type OwnKey = z.infer<typeof ownKey>

export const keyFile = z.discriminatedUnion('custody', [lockedKey, ownKey])
export type KeyFile = z.infer<typeof keyFile>
