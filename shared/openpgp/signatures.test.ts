import {
  createMessage,
  enums,
  generateKey as generate,
  readKey,
  readPrivateKey,
  reformatKey,
  revokeKey,
  sign,
} from 'openpgp'
import { describe, expect, it } from 'vitest'
import { concat } from './bytes.ts'
import { generateKey, type PrivateKeyBytes } from './keys.ts'
import { signDetached, verifyDetached } from './signatures.ts'

const CREATED = '2026-01-01T00:00:00Z'
const SIGNED = '2026-06-01T00:00:00Z'
const AT = '2026-06-01T00:10:00Z'
const signer = await generateKey({ name: 'A', at: CREATED, expiresAfterSeconds: 365 * 86_400 })
const other = await generateKey({ name: 'B', at: CREATED, expiresAfterSeconds: null })
const bytes = new TextEncoder().encode('{"type":"safehand.dispatch-note/1"}')
const signature = await signDetached({ bytes, key: signer.privateKey, at: SIGNED })

async function reasonOf(change: Partial<Parameters<typeof verifyDetached>[0]>): Promise<string> {
  const result = await verifyDetached({ bytes, signature, certificate: signer.certificate, at: AT, ...change })
  return result.ok ? 'ok' : result.reason
}

/** A signature made by openpgp.js with other settings than ours. */
async function foreignSignature(options: { text?: string; date?: string; hash?: enums.hash; key?: PrivateKeyBytes }) {
  return sign({
    message: options.text ? await createMessage({ text: options.text }) : await createMessage({ binary: bytes }),
    signingKeys: await readPrivateKey({ binaryKey: options.key ?? signer.privateKey }),
    detached: true,
    format: 'binary',
    date: new Date(options.date ?? SIGNED),
    config: {
      preferredHashAlgorithm: options.hash ?? enums.hash.sha256,
      rejectHashAlgorithms: new Set(),
      rejectMessageHashAlgorithms: new Set(),
    },
  })
}

describe('detached signatures', () => {
  it('[trust/signatures] one by the certificate verifies, with the key that made it and its time', async () => {
    const expected = { ok: true, fingerprint: signer.fingerprint, signedAt: SIGNED }
    expect(await verifyDetached({ bytes, signature, certificate: signer.certificate, at: AT })).toEqual(expected)
    const empty = await signDetached({ bytes: new Uint8Array(), key: signer.privateKey, at: SIGNED })
    expect(await reasonOf({ bytes: new Uint8Array(), signature: empty })).toBe('ok')
  })

  it('[trust/signatures] other bytes, another certificate and an altered signature do not', async () => {
    expect(await reasonOf({ bytes: concat(bytes, Uint8Array.of(10)) })).toBe('wrong')
    expect(await reasonOf({ certificate: other.certificate })).toBe('other-key')
    for (let at = 0; at < signature.length; at += 1) {
      const altered = signature.slice()
      altered[at] = (altered[at] ?? 0) ^ 0x10
      const result = await verifyDetached({ bytes, signature: altered, certificate: signer.certificate, at: AT })
      // The unhashed issuer hint may change: then it names another key, or the same signature still holds.
      if (result.ok) expect(result).toEqual({ ok: true, fingerprint: signer.fingerprint, signedAt: SIGNED })
    }
  })

  it('[trust/signatures] exactly one signature: not none, not two, nothing beside it', async () => {
    const second = await signDetached({ bytes, key: other.privateKey, at: SIGNED })
    const marker = Uint8Array.of(0xca, 3, 0x50, 0x47, 0x50)
    for (const given of [
      new Uint8Array(),
      concat(signature, signature),
      concat(signature, second),
      concat(second, signature),
      concat(marker, signature),
      concat(signature, marker),
      signature.subarray(0, -1),
      bytes,
    ]) {
      expect(await reasonOf({ signature: given })).toBe('not-one-signature')
    }
    expect(await reasonOf({ signature: Uint8Array.of(0xc2, 2, 4, 0) })).toBe('malformed')
  })

  it('[trust/signatures] binary type only, SHA-256 or better only', async () => {
    const text = new TextDecoder().decode(bytes)
    expect(await reasonOf({ signature: await foreignSignature({ text }) })).toBe('not-binary')
    expect(await reasonOf({ signature: await foreignSignature({}) })).toBe('ok')
    const sha1 = signature.slice()
    const hashAt = sha1.indexOf(4) + 3
    sha1[hashAt] = enums.hash.sha1
    expect(await reasonOf({ signature: sha1 })).toBe('weak-hash')
  })

  it('[trust/signatures] a time more than five minutes ahead is refused', async () => {
    const ahead = async (date: string) => reasonOf({ signature: await foreignSignature({ date }), at: SIGNED })
    expect(await ahead('2026-06-01T00:05:00Z')).toBe('ok')
    expect(await ahead('2026-06-01T00:05:01Z')).toBe('future')
  })

  it('[trust/signatures] validity is judged when it was made: expired later is fine, made after expiry is not', async () => {
    expect(await reasonOf({ at: '2030-01-01T00:00:00Z' })).toBe('ok')
    await expect(signDetached({ bytes, key: signer.privateKey, at: '2027-06-01T00:00:00Z' })).rejects.toThrow('expired')
    const { privateKey } = await readAndExtend(signer.privateKey)
    const late = await foreignSignature({ key: privateKey, date: '2027-06-01T00:00:00Z' })
    expect(await reasonOf({ signature: late, at: '2027-06-01T00:00:00Z' })).toBe('key-not-valid')
  })

  it('[trust/signatures] a retired key still verifies what it signed before, a compromised one nothing', async () => {
    const key = await readPrivateKey({ binaryKey: signer.privateKey })
    const revoke = async (flag: enums.reasonForRevocation, date: string) => {
      const reasonForRevocation = { flag }
      return (await revokeKey({ key, reasonForRevocation, date: new Date(date), format: 'binary' })).publicKey
    }
    const { keyRetired, keyCompromised } = enums.reasonForRevocation
    expect(await reasonOf({ certificate: await revoke(keyRetired, '2026-07-01T00:00:00Z') })).toBe('ok')
    expect(await reasonOf({ certificate: await revoke(keyRetired, '2026-05-01T00:00:00Z') })).toBe('key-not-valid')
    expect(await reasonOf({ certificate: await revoke(keyCompromised, '2026-07-01T00:00:00Z') })).toBe('key-not-valid')
  })

  it('[trust/signatures] a signing subkey counts only with its binding', async () => {
    const date = new Date(CREATED)
    const made = await generate({
      userIDs: { name: 'S' },
      type: 'ecc',
      date,
      subkeys: [{ sign: true }, {}],
      format: 'object',
    })
    const bySubkey = await foreignSignature({ key: made.privateKey.write() as PrivateKeyBytes })
    const result = await verifyDetached({ bytes, signature: bySubkey, certificate: made.publicKey.write(), at: AT })
    expect(result).toMatchObject({ ok: true, fingerprint: made.publicKey.subkeys[0]?.getFingerprint() })
    for (const subkey of made.publicKey.subkeys)
      for (const binding of subkey.bindingSignatures) binding.embeddedSignature = null
    const adopted = await readKey({ binaryKey: other.certificate })
    adopted.subkeys.push(...made.publicKey.subkeys)
    expect(await reasonOf({ signature: bySubkey, certificate: adopted.write() })).toBe('key-not-valid')
  })
})

/** The same key with its expiry taken away, as its holder could make it without telling anyone. */
async function readAndExtend(key: PrivateKeyBytes): Promise<{ privateKey: PrivateKeyBytes }> {
  const privateKey = await readPrivateKey({ binaryKey: key })
  const date = new Date('2026-02-01T00:00:00Z')
  const made = await reformatKey({ privateKey, userIDs: { name: 'A' }, date, keyExpirationTime: 0, format: 'binary' })
  return { privateKey: made.privateKey as PrivateKeyBytes }
}
