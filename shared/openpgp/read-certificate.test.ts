import { enums, generateKey as generate } from 'openpgp'
import { expect, it } from 'vitest'
import { inspectCertificate } from './certificates.ts'
import { generateKey, type PrivateKeyBytes } from './keys.ts'
import { readCertificate } from './read-certificate.ts'
import { signDetached, verifyDetached } from './signatures.ts'

const CREATED = '2026-01-01T00:00:00Z'
const SIGNED = '2026-06-01T00:00:00Z'
const REVOKED = '2026-07-01T00:00:00Z'
const LATER = '2026-08-01T00:00:00Z'

it('[keys/certificates] a certificate is parsed once for its bytes; one octet more, and it is another', async () => {
  const { certificate } = await generateKey({ name: 'A', at: CREATED, expiresAfterSeconds: null })
  const other = await generateKey({ name: 'A', at: CREATED, expiresAfterSeconds: null })
  expect(await readCertificate(certificate.slice())).toBe(await readCertificate(certificate))
  expect(await readCertificate(other.certificate)).not.toBe(await readCertificate(certificate))
  await expect(readCertificate(new Uint8Array([...certificate, 0]))).rejects.toThrow()
})

it('[keys/certificates] what was signed before a subkey was retired stays so, whenever the certificate was looked at', async () => {
  const made = await generate({
    userIDs: { name: 'A' },
    type: 'ecc',
    date: new Date(CREATED),
    subkeys: [{}, { sign: true }],
    format: 'object',
  })
  const bytes = new TextEncoder().encode('{}')
  const signature = await signDetached({ bytes, key: made.privateKey.write() as PrivateKeyBytes, at: SIGNED })
  const [, subkey] = made.privateKey.subkeys
  if (!subkey || !('isDummy' in made.privateKey.keyPacket)) throw new Error('no subkey')
  const reason = { flag: enums.reasonForRevocation.keyRetired }
  made.privateKey.subkeys[1] = await subkey.revoke(made.privateKey.keyPacket, reason, new Date(REVOKED))
  const certificate = made.privateKey.toPublic().write()
  const verify = () => verifyDetached({ bytes, signature, certificate, at: LATER })
  expect(await verify()).toMatchObject({ ok: true, signedAt: SIGNED })
  const now = await inspectCertificate(certificate, LATER)
  expect(now.ok && now.certificate.signingFingerprints).toEqual([made.publicKey.getFingerprint()])
  expect(await verify()).toMatchObject({ ok: true, signedAt: SIGNED })
})
