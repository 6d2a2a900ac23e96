import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  ed25519Key,
  equalSecrets,
  hashPassword,
  openSecret,
  randomId,
  randomToken,
  sealSecret,
  sha1,
  sha256,
  sha256Hex,
  verifyEd25519,
  verifyPassword,
} from './crypto.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const fromHex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

describe('hashes and ids', () => {
  it('are those of FIPS 180-4', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    expect(sha256Hex('abc')).toBe(abc)
    expect(hex(sha256(Buffer.from('abc')))).toBe(abc)
    expect(hex(sha1(Buffer.from('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  })

  it('ids have 128 bits as hex, tokens 256 bits', () => {
    expect(randomId()).toMatch(/^[0-9a-f]{32}$/)
    expect(Buffer.from(randomToken(), 'base64url')).toHaveLength(32)
    expect(randomId()).not.toBe(randomId())
  })

  it('secrets are equal only when all octets are', () => {
    expect(equalSecrets(Buffer.from('abc'), Buffer.from('abc'))).toBe(true)
    expect(equalSecrets(Buffer.from('abc'), Buffer.from('abd'))).toBe(false)
    expect(equalSecrets(Buffer.from('abc'), Buffer.from('abcd'))).toBe(false)
  })
})

describe('[account/password] passwords', () => {
  it('[account/password] are kept as argon2id in PHC form, each with its salt, and verified', async () => {
    const stored = await hashPassword('räven raskar över isen')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(await hashPassword('räven raskar över isen')).not.toBe(stored)
    expect(await verifyPassword({ password: 'räven raskar över isen'.normalize('NFD'), stored })).toBe(true)
    expect(await verifyPassword({ password: 'Räven raskar över isen', stored })).toBe(false)
  })

  it('[account/password] are those of the reference implementation, and nothing but argon2id is taken', async () => {
    // phc-winner-argon2, src/test.c: argon2id, version 0x13, t=2, m=2^16, p=1, "password", "somesalt"
    const tag = fromHex('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7')
    const stored = `$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$${Buffer.from(tag).toString('base64').replace('=', '')}`
    expect(await verifyPassword({ password: 'password', stored })).toBe(true)
    expect(await verifyPassword({ password: 'passwore', stored })).toBe(false)
    await expect(verifyPassword({ password: 'password', stored: 'password' })).rejects.toThrow('argon2id')
  })
})

describe('Ed25519', () => {
  // RFC 8032, section 7.1, test 2
  const seed = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
  const publicKey = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
  const signature = fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  )
  const message = Uint8Array.of(0x72)

  it('signs and verifies the vector of RFC 8032', () => {
    const key = ed25519Key(seed)
    expect(hex(key.publicKey)).toBe(hex(publicKey))
    expect(hex(key.sign(message))).toBe(hex(signature))
    expect(verifyEd25519({ message, signature, publicKey })).toBe(true)
  })

  it('says false to another message, key or signature, and to what has the wrong length', () => {
    expect(verifyEd25519({ message: Uint8Array.of(0x73), signature, publicKey })).toBe(false)
    expect(verifyEd25519({ message, signature, publicKey: ed25519Key(randomBytes(32)).publicKey })).toBe(false)
    expect(verifyEd25519({ message, signature: signature.subarray(1), publicKey })).toBe(false)
    expect(verifyEd25519({ message, signature, publicKey: publicKey.subarray(1) })).toBe(false)
    expect(() => ed25519Key(new Uint8Array(31))).toThrow(RangeError)
  })
})

describe('sealed secrets', () => {
  const key = randomBytes(32)
  const secret = Buffer.from('JBSWY3DPEHPK3PXP')

  it('open with their key and context', () => {
    const sealed = sealSecret({ key, secret, context: 'totp 1' })
    expect(Buffer.from(openSecret({ key, sealed, context: 'totp 1' })).equals(secret)).toBe(true)
    expect(Buffer.from(sealed).includes(secret)).toBe(false)
  })

  it('do not open with another key, another context, or a changed octet', () => {
    const sealed = sealSecret({ key, secret, context: 'totp 1' })
    expect(() => openSecret({ key: randomBytes(32), sealed, context: 'totp 1' })).toThrow()
    expect(() => openSecret({ key, sealed, context: 'totp 2' })).toThrow()
    for (const at of sealed.keys()) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => openSecret({ key, sealed: changed, context: 'totp 1' })).toThrow()
    }
    expect(() => openSecret({ key, sealed: sealed.subarray(0, 20), context: 'totp 1' })).toThrow()
  })
})
