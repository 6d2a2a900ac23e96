// Which profile a transfer's bodies get, and which keys can join one that exists: decided here and nowhere else
// (ARCHITECTURE.md#profiles). Never openpgp.js's defaults, which fall back to AES-128-OCB for keys of other programs
// (ARCHITECTURE.md#pinned). Trusts certificates that certificates.ts inspected. The choice and its reason are shown to
// the sender and stand in the dispatch note.
import type { Certificate } from './certificates.ts'

/** `v2-gcm`: PKESK 6 + SEIPD 2, AES-256-GCM. `v1-cfb`: PKESK 3 + SEIPD 1, AES-256-CFB with MDC, what GnuPG opens. */
export type Profile = 'v2-gcm' | 'v1-cfb'

/** The version of a profile's SEIPD packet. Its PKESKs are of version 6 for 2 and of version 3 for 1, never mixed. */
export const BODY_VERSION = { 'v2-gcm': 2, 'v1-cfb': 1 } as const satisfies Record<Profile, 1 | 2>

export type ProfileReason =
  | { code: 'every-key-lists-aes256-gcm' }
  /** Fingerprints of the certificates for whose sake it is `v1-cfb`. */
  | { code: 'keys-without-aes256-gcm'; fingerprints: string[] }
  /** By a program that may know nothing newer than `v1-cfb`, so that is what everything is. */
  | { code: 'made-elsewhere' }

export interface ProfileChoice {
  readonly profile: Profile
  readonly because: ProfileReason
}

/** Of files that another program encrypted. */
export const madeElsewhere: ProfileChoice = { profile: 'v1-cfb', because: { code: 'made-elsewhere' } }

type Declared = Pick<Certificate, 'fingerprint' | 'supportsV2Gcm'>

/** `v2-gcm` only if every key says it can: features 0x08 and the suite AES-256 with GCM. The sender's own key counts too. */
export function chooseProfile(certificates: readonly Declared[]): ProfileChoice {
  if (certificates.length === 0) throw new RangeError('a profile is chosen for somebody')
  const without = certificates.filter((certificate) => !certificate.supportsV2Gcm)
  if (without.length === 0) return { profile: 'v2-gcm', because: { code: 'every-key-lists-aes256-gcm' } }
  const fingerprints = without.map(({ fingerprint }) => fingerprint)
  return { profile: 'v1-cfb', because: { code: 'keys-without-aes256-gcm', fingerprints } }
}

export type Joining = { ok: true } | { ok: false; code: 'PROFILE_CANNOT_OPEN'; fingerprint: string }

/**
 * Whether a body that exists can get one more PKESK, for this key. Every key opens `v1-cfb`; one that does not list
 * AES-256-GCM never opens `v2-gcm`, however well its PKESK is made: send again.
 */
export function canJoin(input: { profile: Profile; certificate: Declared }): Joining {
  const { profile, certificate } = input
  if (profile === 'v1-cfb' || certificate.supportsV2Gcm) return { ok: true }
  return { ok: false, code: 'PROFILE_CANNOT_OPEN', fingerprint: certificate.fingerprint }
}
