import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { generateKey as generate } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { collect, inPieces } from '../../tests/fixtures/streams.ts'
import { encodeBody } from './body-encoder.ts'
import { concat } from './bytes.ts'
import { splitHead } from './head.ts'
import { generateKey, type PrivateKeyBytes, renewKey } from './keys.ts'
import {
  answerByNonce,
  answerChallenge,
  CHALLENGE_LIMIT,
  checkAnswer,
  type KeyProof,
  keyProofLine,
  makeChallenge,
  parseKeyProofLine,
  rightAnswer,
} from './key-proof.ts'
import { asSessionKey, wrapSessionKey } from './session-key.ts'

const CREATED = new Date('2026-01-01T00:00:00Z')
const AT = '2026-06-01T00:00:00Z'
const holder = await generateKey({ name: 'A', at: '2026-01-01T00:00:00Z', expiresAfterSeconds: null })
const stranger = await generateKey({ name: 'B', at: '2026-01-01T00:00:00Z', expiresAfterSeconds: null })
const random = (octets: number) => crypto.getRandomValues(new Uint8Array(octets))
const proof: KeyProof = {
  origin: 'demo.safehand.invalid',
  purpose: 'collect',
  account: 'a1'.repeat(16),
  subkey: holder.encryptionSubkey,
  transfer: '-',
  nonce: random(32).toHex(),
  expires: '2026-06-01T00:05:00Z',
}
const line = keyProofLine(proof)

async function challenge(text = line, keys = holder): Promise<Uint8Array> {
  const { certificate, encryptionSubkey } = keys
  const sessionKey = asSessionKey(random(32))
  return makeChallenge({ line: text, certificate, encryptionSubkey, sessionKey, salt: random(32), at: AT })
}

async function answer(message: Uint8Array, change: Partial<{ expected: KeyProof; now: string }> = {}) {
  return answerChallenge({ message, key: holder.privateKey, expected: proof, now: AT, ...change })
}

describe('key proof', () => {
  it('[keys/proof] a challenge is answered with the MAC of its line, and only that answer counts', async () => {
    const message = await challenge()
    expect(message.length).toBeLessThanOrEqual(CHALLENGE_LIMIT)
    const answered = await answer(message)
    const expected = createHmac('sha256', proof.nonce).update(line).digest('hex')
    expect(answered).toEqual({ ok: true, answer: expected })
    expect(await checkAnswer({ line, answer: expected })).toBe(true)
    for (const wrong of ['', proof.nonce, expected.toUpperCase(), expected.slice(2), `00${expected.slice(2)}`]) {
      expect(await checkAnswer({ line, answer: wrong })).toBe(false)
    }
    const otherLine = keyProofLine({ ...proof, purpose: 'register' })
    expect(await checkAnswer({ line: otherLine, answer: expected })).toBe(false)
  })

  it('[keys/proof] a challenge relayed from another origin, purpose, account, key or transfer gets no answer', async () => {
    const others: Partial<KeyProof>[] = [
      { origin: 'demo.safehand.example' },
      { purpose: 'register' },
      { account: 'b2'.repeat(16) },
      { subkey: stranger.encryptionSubkey },
      { transfer: 'c3'.repeat(16) },
    ]
    for (const other of others) {
      const refused = await answer(await challenge(keyProofLine({ ...proof, ...other })))
      expect(refused).toMatchObject({ ok: false, code: 'CHALLENGE_REFUSED' })
      expect(refused.ok || refused.saw).toContain(Object.values(other)[0])
    }
  })

  it('[keys/no-oracle] a real PKESK and manifest given as a challenge gets no answer, and shows nothing of it', async () => {
    const sessionKey = asSessionKey(random(32))
    const { certificate, encryptionSubkey } = holder
    const pkesk = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT })
    const manifests = [
      '{"files":[{"name":"Witness statement.docx"}]}',
      `${line}\n`,
      ` ${line}`,
      `${line}\0`,
      `\ufeff${line}`,
      '',
    ]
    for (const manifest of manifests) {
      const plaintext = new TextEncoder().encode(manifest)
      const source = inPieces(plaintext, 64)
      const body = await collect(encodeBody({ sessionKey, salt: random(32), length: plaintext.length, source }))
      const refused = await answer(concat(pkesk, body))
      expect(refused).toMatchObject({ ok: false, code: 'CHALLENGE_REFUSED' })
      expect(JSON.stringify(refused)).not.toContain('Witness')
    }
  })

  it('[keys/proof] no answer to a message over 2 KiB, for another key, with two PKESKs, altered, or expired', async () => {
    const message = await challenge()
    const padding = concat(Uint8Array.of(0xd5, 0xff, 0, 0, 8, 0), new Uint8Array(2048))
    const sessionKey = asSessionKey(random(32))
    const { certificate, encryptionSubkey } = holder
    const second = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT })
    const cases = [
      concat(padding, message),
      await challenge(keyProofLine({ ...proof, subkey: stranger.encryptionSubkey }), stranger),
      concat(second, message),
      message.subarray(0, -1),
      new TextEncoder().encode(line),
      new Uint8Array(),
    ]
    for (const given of cases) expect(await answer(given)).toMatchObject({ ok: false, code: 'CHALLENGE_REFUSED' })
    const large = await answer(concat(padding, message))
    expect(large.ok || large.saw).toContain('octets, not a key proof')
    // Five minutes later, by a clock that may be as much ahead.
    expect(await answer(message, { now: '2026-06-01T00:10:00Z' })).toMatchObject({ ok: false })
    expect(await answer(message, { now: '2026-06-01T00:09:59Z' })).toMatchObject({ ok: true })
  })

  it('[keys/proof] a challenge wrapped twice, or for another subkey of the same holder, gets no answer', async () => {
    const made = await generate({
      userIDs: { name: 'T' },
      type: 'ecc',
      date: CREATED,
      subkeys: [{}, {}],
      format: 'object',
    })
    const [first = '', second = ''] = made.publicKey.subkeys.map((subkey) => subkey.getFingerprint())
    const certificate = made.publicKey.write()
    const sessionKey = asSessionKey(random(32))
    const expected = { ...proof, subkey: first }
    const wrapped = (encryptionSubkey: string) => wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT })
    const text = new TextEncoder().encode(keyProofLine(expected))
    const body = await collect(
      encodeBody({ sessionKey, salt: random(32), length: text.length, source: inPieces(text, 1000) }),
    )
    const key = made.privateKey.write() as PrivateKeyBytes
    const ask = async (message: Uint8Array) => (await answerChallenge({ message, key, expected, now: AT })).ok
    expect(await ask(concat(await wrapped(first), body))).toBe(true)
    expect(await ask(concat(await wrapped(second), body))).toBe(false)
    expect(await ask(concat(await wrapped(first), await wrapped(first), body))).toBe(false)
  })

  it('[keys/proof] the line has one form: formatting and parsing are inverse, everything else is refused', () => {
    const hex = (octets: number) =>
      fc.uint8Array({ minLength: octets, maxLength: octets }).map((bytes) => bytes.toHex())
    const proofs = fc.record<KeyProof>({
      origin: fc.constantFrom('a', 'demo.safehand.invalid', 'x-1.gov.uk'),
      purpose: fc.constantFrom('register', 'collect'),
      account: hex(16),
      subkey: fc.oneof(hex(20), hex(32)),
      transfer: fc.oneof(fc.constant('-'), hex(16)),
      nonce: hex(32),
      expires: fc.constant(AT),
    })
    fc.assert(
      fc.property(proofs, (any) => {
        expect(parseKeyProofLine(keyProofLine(any))).toEqual(any)
      }),
    )
    const longest = keyProofLine({
      ...proof,
      origin: 'a'.repeat(200),
      subkey: 'f'.repeat(64),
      transfer: 'f'.repeat(32),
    })
    expect(longest.length).toBeLessThanOrEqual(512)
    const bad: Partial<Record<keyof KeyProof, string>>[] = [
      { origin: 'https://demo.safehand.invalid' },
      { origin: 'a b' },
      { origin: '' },
      { purpose: 'decrypt' },
      { account: 'A1'.repeat(16) },
      { subkey: 'ff' },
      { transfer: '' },
      { nonce: 'ff' },
      { expires: 'tomorrow' },
    ]
    for (const change of bad) expect(() => keyProofLine({ ...proof, ...change } as KeyProof)).toThrow(RangeError)
    for (const text of [
      '',
      ` ${line}`,
      `${line} `,
      `${line}\n`,
      line.replace('v1', 'v2'),
      line.replaceAll(' ', '  '),
    ]) {
      expect(parseKeyProofLine(text)).toBe(null)
    }
  })
})

describe('[keys/proof] a key proof for a key that knows version 1 only', async () => {
  const renewed = await renewKey({ key: holder.privateKey, at: AT, expiresAfterSeconds: null, features: 'gnupg' })

  it('is a message of version 1, and is answered by the same rules', async () => {
    const message = await challenge(line, renewed)
    expect(splitHead(message)).toMatchObject({ bodyVersion: 1, pkesks: [{ version: 3 }] })
    expect(await answer(message)).toEqual({ ok: true, answer: await rightAnswer(line) })
    expect(await answer(message, { expected: { ...proof, purpose: 'register' } })).toMatchObject({ ok: false })
    message[message.length - 1]! ^= 1
    expect(await answer(message)).toMatchObject({ ok: false, saw: 'a message that is not a key proof for this key' })
  })

  it('by its nonce alone gives an answer that is right only for the line that was expected', async () => {
    const { nonce, expires } = proof
    expect(await answerByNonce({ nonce, expected: proof, expires })).toBe(await rightAnswer(line))
    const relayed = await answerByNonce({ nonce, expected: { ...proof, purpose: 'register' }, expires })
    expect(await checkAnswer({ line, answer: relayed })).toBe(false)
    await expect(answerByNonce({ nonce: 'pasted wrongly', expected: proof, expires })).rejects.toThrow(RangeError)
  })
})
