import { describe, expect, it } from 'vitest'
import { generateKey } from '#openpgp/keys.ts'
import { CommandFailed } from '../terminal/exit-codes.ts'
import { type ProtectedKey, protectedKey } from '#domain/certificates/key-file.ts'
import { protectKey, unlockKey } from './key-envelope.ts'

const key = await generateKey({ name: 'Ann', at: '2026-11-22T09:00:00Z', expiresAfterSeconds: null })
const file = await protectKey({ key, passphrase: 'six random words' })

async function opens(locked: ProtectedKey, passphrase: string): Promise<boolean> {
  try {
    return Buffer.compare(await unlockKey({ file: locked, passphrase }), key.privateKey) === 0
  } catch (error) {
    if (error instanceof CommandFailed && error.code === 'LOCKED') return false
    throw error
  }
}

/** The last base64 character but padding says other bits. */
function flip(base64: string): string {
  const bytes = Uint8Array.fromBase64(base64)
  bytes[bytes.length - 1]! ^= 1
  return bytes.toBase64()
}

describe('a key at rest', () => {
  it('[keys/locked] opens with its passphrase, however the keyboard composed it', async () => {
    expect(await opens(file, 'six random words')).toBe(true)
    const accented = await protectKey({ key, passphrase: 'café' })
    expect(await opens(accented, 'cafe\u0301')).toBe(true)
  })

  it('[keys/locked] does not open with another passphrase', async () => {
    expect(await opens(file, 'six random word')).toBe(false)
  })

  it('[keys/locked] does not open when one bit of it was changed, or it is called another key’s', async () => {
    const [slot] = file.slots
    expect(await opens({ ...file, privateKey: flip(file.privateKey) }, 'six random words')).toBe(false)
    expect(await opens({ ...file, slots: [{ ...slot!, unlockKey: flip(slot!.unlockKey) }] }, 'six random words')).toBe(
      false,
    )
    const renamed = { ...file, fingerprint: 'f'.repeat(40) as ProtectedKey['fingerprint'] }
    expect(await opens(renamed, 'six random words')).toBe(false)
  })

  it('[keys/locked] holds nothing of the private key in clear, and nothing twice alike', async () => {
    const again = await protectKey({ key, passphrase: 'six random words' })
    expect(again.privateKey).not.toBe(file.privateKey)
    expect(again.slots[0]?.argon2id.salt).not.toBe(file.slots[0]?.argon2id.salt)
    const sealed = Buffer.from(file.privateKey, 'base64')
    expect(sealed.includes(Buffer.from(key.privateKey.slice(-32)))).toBe(false)
  })

  it('[keys/locked] that would take all memory to open is no key file', () => {
    const [slot] = file.slots
    const greedy = { ...file, slots: [{ ...slot, argon2id: { ...slot!.argon2id, memory: 2 ** 30 } }] }
    expect(protectedKey.safeParse(file).success).toBe(true)
    expect(protectedKey.safeParse(greedy).success).toBe(false)
  })
})
