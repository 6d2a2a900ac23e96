import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { generateKey as generate, enums, type KeyOptions, readKey, readPrivateKey, revokeKey } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { concat } from './bytes.ts'
import { inspectCertificate, inspectNow } from './certificates.ts'
import { generateKey, generateScanKey, readPrivateKeyBytes } from './keys.ts'

const CREATED = '2026-01-01T00:00:00Z'
const AT = '2026-06-01T00:00:00Z'
const LATER = '2027-06-01T00:00:00Z'
const YEAR = 365 * 86_400
const person = await generateKey({
  name: 'Ann Clark',
  email: 'ann@council.example',
  at: CREATED,
  expiresAfterSeconds: YEAR,
})

async function codeOf(bytes: Uint8Array, at = AT): Promise<string> {
  const inspection = await inspectCertificate(bytes, at)
  return inspection.ok ? 'accepted' : inspection.code
}

/** A certificate made with openpgp.js as it comes, for what our own keys never are. */
async function foreign(options: Partial<KeyOptions>): Promise<Uint8Array> {
  const date = new Date(CREATED)
  const { publicKey } = await generate({ userIDs: { name: 'F' }, type: 'ecc', date, ...options, format: 'binary' })
  return publicKey
}

describe('certificates', () => {
  it('[keys/certificates] a key of ours is described in full', async () => {
    const inspection = await inspectCertificate(person.certificate, AT)
    expect(inspection).toEqual({
      ok: true,
      certificate: {
        fingerprint: person.fingerprint,
        version: 4,
        userIds: ['Ann Clark <ann@council.example>'],
        created: CREATED,
        expires: '2027-01-01T00:00:00Z',
        encryptionSubkeys: [
          {
            fingerprint: person.encryptionSubkey,
            keyId: person.encryptionSubkey.slice(-16),
            algorithm: 'ecdh',
            expires: '2027-01-01T00:00:00Z',
          },
        ],
        signingFingerprints: [person.fingerprint],
        supportsV2Gcm: true,
        bytes: person.certificate,
      },
    })
  })

  it('[keys/certificates] armored or binary, the canonical form is the same', async () => {
    const armored = (await readKey({ binaryKey: person.certificate })).armor()
    const inspection = await inspectCertificate(new TextEncoder().encode(`\r\n${armored}`), AT)
    expect(inspection.ok && inspection.certificate.bytes).toEqual(person.certificate)
  })

  it('[keys/public-only] a secret key is refused as such, in every wrapping', async () => {
    const armored = new TextEncoder().encode((await readPrivateKey({ binaryKey: person.privateKey })).armor())
    const publicArmor = new TextEncoder().encode((await readKey({ binaryKey: person.certificate })).armor())
    const hidden = concat(person.certificate, person.privateKey)
    for (const bytes of [person.privateKey, armored, hidden, concat(publicArmor, armored)]) {
      expect(await codeOf(bytes)).toBe('KEY_SECRET')
    }
  })

  it('[keys/certificates] weak keys are refused: short RSA, curves of no use elsewhere, also as a subkey', async () => {
    expect(await codeOf(await foreign({ type: 'rsa', rsaBits: 2048 }))).toBe('KEY_WEAK')
    for (const name of ['secp256k1', 'brainpool-with-cv25519', 'ed25519-with-brainpool']) {
      const file = new URL(`../../tests/vectors/openpgp/certificates/${name}.asc`, import.meta.url)
      expect(await codeOf(await readFile(file)), name).toBe('KEY_WEAK')
    }
  })

  it("[envelope/pairings] NIST's curves are accepted, for signing and encryption", async () => {
    for (const curve of ['nistP256', 'nistP384', 'nistP521'] as const) {
      const inspection = await inspectCertificate(await foreign({ curve }), AT)
      expect(inspection).toMatchObject({ ok: true, certificate: { encryptionSubkeys: [{ algorithm: 'ecdh' }] } })
      expect(inspection.ok && inspection.certificate.signingFingerprints).toHaveLength(1)
    }
  })

  it('[keys/certificates] expired, not yet valid and revoked certificates are refused', async () => {
    expect(await codeOf(person.certificate, '2026-12-31T23:59:59Z')).toBe('accepted')
    expect(await codeOf(person.certificate, '2027-01-01T00:00:00Z')).toBe('KEY_EXPIRED')
    const expired = { ok: false, code: 'KEY_EXPIRED', detail: 'on 2027-01-01T00:00:00Z' }
    expect(await inspectCertificate(person.certificate, LATER)).toEqual(expired)
    expect(await codeOf(person.certificate, '2025-12-31T23:59:59Z')).toBe('KEY_NOT_YET_VALID')
    const key = await readPrivateKey({ binaryKey: person.privateKey })
    const { publicKey } = await revokeKey({ key, date: new Date('2026-03-01T00:00:00Z'), format: 'binary' })
    expect(await codeOf(publicKey)).toBe('KEY_REVOKED')
  })

  it('[clock/tolerance] are judged as of now, give or take the five minutes that clocks may differ by', async () => {
    const codeNow = async (bytes: Uint8Array, now: string) => {
      const found = await inspectNow(bytes, now)
      return found.ok ? [found.at, 'accepted'] : [found.at, found.code]
    }
    const begun = '2026-01-01T00:00:00Z'
    expect(await codeNow(person.certificate, '2025-12-31T23:55:00Z')).toEqual([begun, 'accepted'])
    expect((await codeNow(person.certificate, '2025-12-31T23:54:59Z'))[1]).toBe('KEY_NOT_YET_VALID')
    expect(await codeNow(person.certificate, '2027-01-01T00:04:59Z')).toEqual(['2026-12-31T23:59:59Z', 'accepted'])
    expect((await codeNow(person.certificate, '2027-01-01T00:05:00Z'))[1]).toBe('KEY_EXPIRED')
    const key = await readPrivateKey({ binaryKey: person.privateKey })
    const { publicKey } = await revokeKey({ key, date: new Date('2026-03-01T00:00:00Z'), format: 'binary' })
    expect((await codeNow(publicKey, '2026-03-01T00:00:01Z'))[1]).toBe('KEY_REVOKED')
  })

  it('[keys/certificates] a certificate without a usable encryption subkey is refused, with the reason', async () => {
    expect(await codeOf(await foreign({ subkeys: [] }))).toBe('KEY_NO_ENCRYPTION_SUBKEY')
    expect(await codeOf(await foreign({ subkeys: [{ sign: true }] }))).toBe('KEY_NO_ENCRYPTION_SUBKEY')
    expect(await codeOf(await foreign({ subkeys: [{ keyExpirationTime: 60 }] }))).toBe('KEY_EXPIRED')
    const date = new Date(CREATED)
    const made = await generate({ userIDs: { name: 'F' }, type: 'ecc', date, format: 'object' })
    const [subkey] = made.privateKey.subkeys
    if (!subkey || !('isDummy' in made.privateKey.keyPacket)) throw new Error('no subkey')
    const reason = { flag: enums.reasonForRevocation.keyRetired }
    made.privateKey.subkeys[0] = await subkey.revoke(
      made.privateKey.keyPacket,
      reason,
      new Date('2026-02-01T00:00:00Z'),
    )
    expect(await codeOf(made.privateKey.toPublic().write())).toBe('KEY_REVOKED')
  })

  it('[keys/certificates] what is not exactly one certificate is malformed, and nothing throws', async () => {
    const other = await generateKey({ name: 'B', at: CREATED, expiresAfterSeconds: null })
    expect(await codeOf(concat(person.certificate, other.certificate))).toBe('KEY_MALFORMED')
    expect(await codeOf(concat(person.certificate, Uint8Array.of(0)))).toBe('KEY_MALFORMED')
    expect(await codeOf(person.certificate.subarray(0, -1))).toBe('KEY_MALFORMED')
    expect(await codeOf(new Uint8Array())).toBe('KEY_MALFORMED')
    expect(await codeOf(new Uint8Array(65 * 1024).fill(0xca))).toBe('KEY_MALFORMED')
    const changes = fc.array(fc.tuple(fc.nat(person.certificate.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(changes, async (octets) => {
        const changed = person.certificate.slice()
        for (const [at, octet] of octets) changed[at] = octet
        const inspection = await inspectCertificate(changed, AT)
        return !inspection.ok || inspection.certificate.fingerprint.length >= 40
      }),
      { numRuns: 60 },
    )
  })

  it('[keys/certificates] an altered encryption subkey is never offered', async () => {
    const other = await generateKey({ name: 'B', at: CREATED, expiresAfterSeconds: null })
    const mine = await readKey({ binaryKey: person.certificate })
    const theirs = await readKey({ binaryKey: other.certificate })
    mine.subkeys = theirs.subkeys
    expect(await codeOf(mine.write())).toBe('KEY_NO_ENCRYPTION_SUBKEY')
  })

  it('[keys/certificates] supportsV2Gcm follows what the certificate declares', async () => {
    const supports = async (bytes: Uint8Array) => {
      const inspection = await inspectCertificate(bytes, AT)
      return inspection.ok && inspection.certificate.supportsV2Gcm
    }
    expect(await supports(await foreign({}))).toBe(false)
    expect(await supports(await foreign({ config: { aeadProtect: true } }))).toBe(true)
    expect(await supports(await foreign({ type: 'curve25519', config: { aeadProtect: true, v6Keys: true } }))).toBe(
      true,
    )
  })
})

describe('keys', () => {
  it('[keys/certificates] a private key is written unlocked and read back with its certificate', async () => {
    const read = await readPrivateKeyBytes(person.privateKey)
    expect(read).toEqual({ privateKey: person.privateKey, certificate: person.certificate })
    await expect(readPrivateKeyBytes(person.certificate)).rejects.toThrow()
    await expect(readPrivateKeyBytes(concat(person.privateKey, person.privateKey))).rejects.toThrow('exactly one')
    const date = new Date(CREATED)
    const protectedKey = await generate({
      userIDs: { name: 'L' },
      type: 'ecc',
      date,
      passphrase: 'p',
      format: 'binary',
    })
    await expect(readPrivateKeyBytes(protectedKey.privateKey)).rejects.toThrow('passphrase')
  })

  it('[keys/certificates] without an expiry a key never expires; a scan key lives for a day at most', async () => {
    const root = await generateKey({ name: 'Root', at: CREATED, expiresAfterSeconds: null })
    const inspection = await inspectCertificate(root.certificate, '2050-01-01T00:00:00Z')
    expect(inspection.ok && inspection.certificate.expires).toBe(null)
    const scan = await generateScanKey({ transfer: '0f'.repeat(16), at: AT, expiresAfterSeconds: 86_400 })
    expect(await codeOf(scan.certificate, '2026-06-01T23:59:59Z')).toBe('accepted')
    expect(await codeOf(scan.certificate, '2026-06-02T00:00:00Z')).toBe('KEY_EXPIRED')
    await expect(generateScanKey({ transfer: '0f'.repeat(16), at: AT, expiresAfterSeconds: 86_401 })).rejects.toThrow()
  })
})
