// Makes a key pair of this organisation's people: personal, roster or root key.
import { addSeconds, clockSkewSeconds } from '#domain/time.ts'
import { generateKey, type KeyPair } from '#openpgp/keys.ts'
import type { Context } from '../context.ts'

/** Dated a little back, so that a service whose clock is behind does not find it made in the future. */
export function makeKey({ io }: Context, named: { readonly name: string; readonly email?: string }): Promise<KeyPair> {
  return generateKey({ ...named, at: addSeconds(io.now(), -clockSkewSeconds), expiresAfterSeconds: null })
}
