import { generateKey as generate } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { type Certificate, inspectCertificate } from './certificates.ts'
import { generateKey } from './keys.ts'
import { canJoin, chooseProfile } from './profile.ts'

const AT = '2026-06-01T00:00:00Z'

async function certificateOf(bytes: Uint8Array): Promise<Certificate> {
  const inspection = await inspectCertificate(bytes, AT)
  if (!inspection.ok) throw new Error(inspection.detail)
  return inspection.certificate
}

const listing = async () =>
  certificateOf((await generateKey({ name: 'A', at: AT, expiresAfterSeconds: null })).certificate)

/** As gpg makes them: no features of version 2. */
async function plain(): Promise<Certificate> {
  const { publicKey } = await generate({ userIDs: { name: 'G' }, type: 'ecc', date: new Date(AT), format: 'binary' })
  return certificateOf(publicKey)
}

describe('profile', () => {
  it('[envelope/profile] is v2-gcm when every key lists AES-256 with GCM', async () => {
    const certificates = [await listing(), await listing()]
    expect(chooseProfile(certificates)).toEqual({ profile: 'v2-gcm', because: { code: 'every-key-lists-aes256-gcm' } })
    expect(() => chooseProfile([])).toThrow(RangeError)
  })

  it('[envelope/profile] is v1-cfb for the sake of one key that does not, and names it', async () => {
    const [ours, gpg] = [await listing(), await plain()]
    const because = { code: 'keys-without-aes256-gcm', fingerprints: [gpg.fingerprint] }
    expect(chooseProfile([ours, gpg])).toEqual({ profile: 'v1-cfb', because })
  })

  it('[envelope/profile] a key that does not list it cannot join a v2-gcm body; every key can join a v1-cfb one', async () => {
    const [ours, gpg] = [await listing(), await plain()]
    const refused = { ok: false, code: 'PROFILE_CANNOT_OPEN', fingerprint: gpg.fingerprint }
    expect(canJoin({ profile: 'v2-gcm', certificate: gpg })).toEqual(refused)
    expect(canJoin({ profile: 'v2-gcm', certificate: ours })).toEqual({ ok: true })
    for (const certificate of [ours, gpg]) expect(canJoin({ profile: 'v1-cfb', certificate })).toEqual({ ok: true })
  })
})
