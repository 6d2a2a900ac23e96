// The body of a file in the profile that was chosen: one place that says how long it is and what it is made with, so that
// the service, which sees lengths only, and the sender's client count alike.
import { bodyLength, encodeBody } from './body-encoder.ts'
import { decodeAnyBody } from './any-decoder.ts'
import { decodeBody } from './body-decoder.ts'
import { type Around, cfbBodyLength, encodeCfbBody } from './cfb-encoder.ts'
import { CFB_SALT_SIZE } from './cfb-format.ts'
import type { Primitives } from './primitives.ts'
import type { Profile } from './profile.ts'
import type { SessionKey } from './session-key.ts'
import { SIGNED_ROOM } from './signed-inside.ts'

/** Random octets that each file and attempt needs. */
export const SALT_SIZE = { 'v2-gcm': 32, 'v1-cfb': CFB_SALT_SIZE } as const satisfies Record<Profile, number>

/** Octets of the body of a file of `length` octets; `signed`: with room for a signature inside, which `v1-cfb` alone has. */
export function profiledLength(of: { profile: Profile; length: number; signed: boolean }): number {
  if (of.profile === 'v2-gcm') return bodyLength(of.length)
  return cfbBodyLength({ length: of.length, name: '', around: of.signed ? SIGNED_ROOM : 0 })
}

/** Yields the body, `profiledLength` octets in all. `salt`: `SALT_SIZE` random octets. Throws EnvelopeError SOURCE_CHANGED. */
export function encodeProfiled(input: {
  profile: Profile
  sessionKey: SessionKey
  salt: Uint8Array
  length: number
  source: AsyncIterable<Uint8Array>
  /** Null: not signed inside. */
  around: Around | null
  primitives: Primitives
}): AsyncGenerator<Uint8Array> {
  const { profile, around, ...body } = input
  if (profile === 'v2-gcm') return encodeBody(body)
  return encodeCfbBody({ ...body, name: '', ...(around && { around }) })
}

/**
 * The file inside, unverified until it has ended: see `decodeBody` and `decodeAnyBody`. `limit`: octets of it at most, where
 * what another program compressed ends. Throws EnvelopeError.
 */
export function decodeProfiled(input: {
  profile: Profile
  sessionKey: SessionKey
  source: AsyncIterable<Uint8Array>
  primitives: Primitives
  limit: number
}): AsyncGenerator<Uint8Array> {
  const { profile, limit, ...body } = input
  if (profile === 'v2-gcm') return decodeBody(body)
  return decodeAnyBody({ ...body, inflate: body.primitives.inflate, limits: { file: limit } }).file
}
