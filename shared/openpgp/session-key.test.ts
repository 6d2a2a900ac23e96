import { decryptSessionKeys, encryptSessionKey, readKey, readMessage, readPrivateKey } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { EnvelopeError } from './envelope-error.ts'
import { readPkesk } from './head.ts'
import { generateKey } from './keys.ts'
import { asSessionKey, unwrapSessionKey, wrapSessionKey } from './session-key.ts'

const CREATED = '2026-01-01T00:00:00Z'
const AT = '2026-06-01T00:00:00Z'
const recipient = await generateKey({ name: 'A', at: CREATED, expiresAfterSeconds: 365 * 86_400 })
const stranger = await generateKey({ name: 'B', at: CREATED, expiresAfterSeconds: null })
const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
const { certificate, encryptionSubkey } = recipient

async function detailOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return error instanceof EnvelopeError ? error.detail : String(error)
  }
}

describe('session keys', () => {
  it('[envelope/session-key] one wrapped for a subkey opens with its private key, here and in openpgp.js', async () => {
    const pkesk = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT })
    expect(readPkesk(pkesk)).toMatchObject({ version: 6, keyVersion: 4, recipient: { fingerprint: encryptionSubkey } })
    expect(await unwrapSessionKey({ pkesk, key: recipient.privateKey })).toEqual(sessionKey)
    const decryptionKeys = await readPrivateKey({ binaryKey: recipient.privateKey })
    const [opened] = await decryptSessionKeys({ message: await readMessage({ binaryMessage: pkesk }), decryptionKeys })
    expect(opened?.data).toEqual(new Uint8Array(sessionKey))
  })

  it('[envelope/session-key] does not open with another key, altered, or as version 3', async () => {
    const pkesk = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT })
    expect(await detailOf(() => unwrapSessionKey({ pkesk, key: stranger.privateKey }))).toBe('cannot-unwrap')
    for (let back = 1; back <= 48; back += 1) {
      const altered = pkesk.slice()
      altered[altered.length - back] = (altered.at(-back) ?? 0) ^ 1
      expect(await detailOf(() => unwrapSessionKey({ pkesk: altered, key: recipient.privateKey }))).toBe(
        'cannot-unwrap',
      )
    }
    const encryptionKeys = await readKey({ binaryKey: certificate })
    const version3 = await encryptSessionKey({
      data: sessionKey,
      algorithm: 'aes256',
      encryptionKeys,
      format: 'binary',
    })
    expect(await detailOf(() => unwrapSessionKey({ pkesk: version3, key: recipient.privateKey }))).toBe(
      'versions-not-paired',
    )
  })

  it('[envelope/session-key] refuses a session key that has not 32 octets', async () => {
    const encryptionKeys = await readKey({ binaryKey: certificate })
    const data = new Uint8Array(16)
    const short = { data, algorithm: 'aes128', aeadAlgorithm: 'gcm', encryptionKeys, format: 'binary' } as const
    const pkesk = await encryptSessionKey({ ...short, date: new Date(AT) })
    expect(await detailOf(() => unwrapSessionKey({ pkesk, key: recipient.privateKey }))).toBe('session-key-length')
    expect(await detailOf(() => asSessionKey(new Uint8Array(31)))).toBe('session-key-length')
  })

  it('[envelope/session-key] wraps for no subkey of another certificate and for no expired one', async () => {
    const wrap = (change: { encryptionSubkey?: string; at?: string }) =>
      wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT, ...change })
    await expect(wrap({ encryptionSubkey: stranger.encryptionSubkey })).rejects.toThrow('no such subkey')
    await expect(wrap({ encryptionSubkey: recipient.fingerprint })).rejects.toThrow('no such subkey')
    await expect(wrap({ at: '2027-06-01T00:00:00Z' })).rejects.toThrow('expired')
  })
})
