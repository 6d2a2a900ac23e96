import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { createMessage, decrypt, encrypt, generateKey as generate, readKey, readMessage, readPrivateKey } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { collect, inPieces } from '../../tests/fixtures/streams.ts'
import messages from '../../tests/vectors/openpgp/foreign/messages.json' with { type: 'json' }
import { inflate } from '../platform/inflate.ts'
import { openpgpPrimitives as primitives } from '../platform/crypto.ts'
import { decodeAnyBody, type OpenedBody } from './any-decoder.ts'
import { BodyWalker } from './body-walker.ts'
import { cfbBodyLength, encodeCfbBody } from './cfb-encoder.ts'
import { EnvelopeError } from './envelope-error.ts'
import { splitHead } from './head.ts'
import { generateKey } from './keys.ts'
import { asSessionKey, unwrapSessionKey, wrapSessionKey } from './session-key.ts'

const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
const salt = crypto.getRandomValues(new Uint8Array(16))
const STEP = 256 * 1024
const limits = { file: 64 * 1024 * 1024 }
const suite = { data: sessionKey, algorithm: 'aes256' } as const

/** Around the decoder's steps, of which the first hold the literal packet's own octets too. */
const SIZES = [0, 1, 7, STEP - 13, STEP - 12, STEP - 11, STEP + 22, 2 * STEP - 12]
const lengths = fc.oneof(fc.constantFrom(...SIZES), fc.integer({ min: 0, max: 3 * STEP }))
const pieceSizes = fc.integer({ min: 1000, max: 400_000 })
const names = fc.string({ maxLength: 60, unit: 'binary' })

function fileOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
}

async function encode(file: Uint8Array, options: { name?: string; pieceSize?: number } = {}): Promise<Uint8Array> {
  const { name = '', pieceSize = 100_000 } = options
  const source = inPieces(file, pieceSize)
  return collect(encodeCfbBody({ sessionKey, salt, length: file.length, name, source, primitives }))
}

async function decode(body: Uint8Array, pieceSize = 100_000): Promise<{ file: Uint8Array; opened: OpenedBody | null }> {
  const source = inPieces(body, pieceSize)
  const { file, opened } = decodeAnyBody({ sessionKey, source, primitives, inflate, limits })
  return { file: await collect(file), opened: opened() }
}

function walk(body: Uint8Array, pieceSize = 100_000) {
  const walker = new BodyWalker({ length: body.length, accept: 'v1-cfb' })
  for (let at = 0; at < body.length; at += pieceSize) walker.push(body.subarray(at, at + pieceSize))
  return walker.finish()
}

async function detailOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return error instanceof EnvelopeError ? `${error.code} ${error.detail}` : String(error)
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

describe('v1-cfb body', () => {
  it('[envelope/cfb] openpgp.js opens what we encode, with its name, and its length was known before', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, pieceSizes, names, async (length, pieceSize, name) => {
        const file = fileOf(length)
        const body = await encode(file, { name, pieceSize })
        const message = await readMessage({ binaryMessage: body })
        const opened = await decrypt({ message, sessionKeys: suite, format: 'binary' })
        const sameName = Buffer.from(opened.filename ?? '').equals(Buffer.from(name))
        return body.length === cfbBodyLength({ length, name }) && sameName && same(opened.data as Uint8Array, file)
      }),
      { numRuns: 20, examples: SIZES.map((length) => [length, 65_536, 'report.csv']) },
    )
  })

  it('[envelope/cfb] we open and walk what openpgp.js encodes, of any size, whatever the pieces', async () => {
    const { certificate } = await generateKey({ name: 'A', at: '2026-01-01T00:00:00Z', expiresAfterSeconds: null })
    const encryptionKeys = await readKey({ binaryKey: certificate })
    await fc.assert(
      fc.asyncProperty(lengths, pieceSizes, async (length, pieceSize) => {
        const file = fileOf(length)
        const message = await createMessage({ binary: file, filename: 'name.txt' })
        const whole = await encrypt({ message, encryptionKeys, sessionKey: suite, format: 'binary' })
        const body = whole.subarray(splitHead(whole).bodyOffset)
        walk(body, pieceSize)
        const decoded = await decode(body, pieceSize)
        expect(decoded.opened).toEqual({ bodyVersion: 1, compression: null, signatures: 0, name: 'name.txt' })
        return same(decoded.file, file)
      }),
      { numRuns: 15, examples: SIZES.map((length) => [length, 65_536]) },
    )
  })

  it('[envelope/cfb] decodes what it encodes, and the walker agrees, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, pieceSizes, pieceSizes, async (length, writeSize, readSize) => {
        const file = fileOf(length)
        const body = await encode(file, { pieceSize: writeSize })
        expect(walk(body, readSize)).toEqual({ length: body.length, chunks: 0, plaintextLength: 12 + length })
        return same((await decode(body, readSize)).file, file)
      }),
      { numRuns: 20 },
    )
    const small = await encode(fileOf(5), { name: 'a' })
    expect((await decode(small, 1)).file).toEqual(fileOf(5))
    expect(walk(small, 1)).toEqual({ length: small.length, chunks: 0, plaintextLength: 18 })
  })

  it('[envelope/cfb] refuses a source of another length, a salt of another length and a name too long', async () => {
    const announce = (length: number) =>
      collect(encodeCfbBody({ sessionKey, salt, length, name: '', source: inPieces(fileOf(10), 3), primitives }))
    expect(await detailOf(() => announce(9))).toBe('SOURCE_CHANGED source-longer')
    expect(await detailOf(() => announce(11))).toBe('SOURCE_CHANGED source-shorter')
    const long = encodeCfbBody({
      sessionKey,
      salt: new Uint8Array(32),
      length: 0,
      name: '',
      source: inPieces(fileOf(0), 1),
      primitives,
    })
    await expect(collect(long)).rejects.toThrow('16 octets')
    expect(() => cfbBodyLength({ length: 0, name: 'é'.repeat(128) })).toThrow('255 octets')
  })

  it('[envelope/cfb] holds little whatever the size, both ways', async () => {
    const piece = fileOf(STEP)
    const count = 96
    let read = 0
    async function* file() {
      for (let i = 0; i < count; i += 1) {
        read += piece.length
        yield piece
      }
    }
    const length = count * piece.length
    const body = encodeCfbBody({ sessionKey, salt, length, name: 'big', source: file(), primitives })
    let sealed = 0
    async function* counted() {
      for await (const bytes of body) {
        sealed += bytes.length
        yield bytes
      }
    }
    const decoded = decodeAnyBody({ sessionKey, source: counted(), primitives, inflate: null, limits })
    let opened = 0
    let ahead = 0
    for await (const bytes of decoded.file) {
      opened += bytes.length
      ahead = Math.max(ahead, read - opened)
    }
    expect({ opened, sealed }).toEqual({ opened: length, sealed: cfbBodyLength({ length, name: 'big' }) })
    expect(ahead).toBeLessThanOrEqual(3 * STEP)
  })

  it('[envelope/cfb] what was opened is told only after the end', async () => {
    const decoded = decodeAnyBody({
      sessionKey,
      source: inPieces(await encode(fileOf(3 * STEP)), STEP),
      primitives,
      inflate,
      limits,
    })
    await decoded.file.next()
    expect(decoded.opened()).toBe(null)
    for await (const _ of decoded.file);
    expect(decoded.opened()).toMatchObject({ bodyVersion: 1 })
  })
})

describe('session keys of version 1 bodies', () => {
  const AT = '2026-06-01T00:00:00Z'

  it('[envelope/cfb] are wrapped as PKESK 3 and open here and in openpgp.js, for every kind of key', async () => {
    const kinds = [
      { type: 'rsa', rsaBits: 3072 },
      { type: 'ecc', curve: 'ed25519Legacy' },
      { type: 'ecc', curve: 'nistP256' },
      { type: 'ecc', curve: 'nistP384' },
      { type: 'ecc', curve: 'nistP521' },
      { type: 'curve25519' },
      { type: 'curve448' },
      { type: 'curve25519', config: { v6Keys: true } },
      { type: 'curve448', config: { v6Keys: true } },
    ] as const
    for (const kind of kinds) {
      const made = await generate({ ...kind, userIDs: { name: 'K' }, date: new Date(AT), format: 'object' })
      const encryptionSubkey = made.publicKey.subkeys[0]?.getFingerprint() ?? ''
      const key = made.privateKey.write() as Parameters<typeof unwrapSessionKey>[0]['key']
      for (const bodyVersion of [1, 2] as const) {
        const certificate = made.publicKey.write()
        const pkesk = await wrapSessionKey({ sessionKey, certificate, encryptionSubkey, at: AT, bodyVersion })
        expect(await unwrapSessionKey({ pkesk, key, bodyVersion }), JSON.stringify(kind)).toEqual(sessionKey)
        const other = bodyVersion === 1 ? 2 : 1
        expect(await detailOf(() => unwrapSessionKey({ pkesk, key, bodyVersion: other }))).toBe(
          'ENVELOPE_MALFORMED versions-not-paired',
        )
      }
    }
  })

  it('[envelope/cfb] are refused when they are for another cipher than AES-256', async () => {
    const { encryptSessionKey } = await import('openpgp')
    const pair = await generateKey({ name: 'A', at: AT, expiresAfterSeconds: null })
    const encryptionKeys = await readKey({ binaryKey: pair.certificate })
    const decryptionKeys = await readPrivateKey({ binaryKey: pair.privateKey })
    expect(decryptionKeys.isDecrypted()).toBe(true)
    const date = new Date(AT)
    for (const [algorithm, octets, detail] of [
      ['aes128', 16, 'wrong-cipher'],
      ['aes192', 24, 'cannot-unwrap'],
    ] as const) {
      const data = new Uint8Array(octets)
      const pkesk = await encryptSessionKey({ data, algorithm, encryptionKeys, date, format: 'binary' })
      expect(await detailOf(() => unwrapSessionKey({ pkesk, key: pair.privateKey, bodyVersion: 1 }))).toBe(
        `ENVELOPE_MALFORMED ${detail}`,
      )
    }
  })
})

describe('messages that gpg and sq made', () => {
  const folder = new URL('../../tests/vectors/openpgp/foreign/', import.meta.url)
  const expected = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251)

  for (const { message, sessionKey: hex, opened, refused } of messages) {
    it(`[envelope/vectors] ${message} is ${refused ?? 'opened'}, whatever the pieces`, async () => {
      const whole = new Uint8Array(await readFile(new URL(message, folder)))
      const { bodyOffset, bodyVersion, pkesks } = splitHead(whole)
      expect([bodyVersion, pkesks.length]).toEqual([1, 1])
      const body = whole.subarray(bodyOffset)
      for (const pieceSize of [1, 700, 100_000]) {
        const walker = new BodyWalker({ length: body.length, accept: 'any' })
        walker.push(body)
        expect(walker.finish().length).toBe(body.length)
        const decoded = decodeAnyBody({
          sessionKey: asSessionKey(Uint8Array.fromHex(hex)),
          source: inPieces(body, pieceSize),
          primitives,
          inflate,
          limits,
        })
        if (refused !== undefined) {
          expect(await detailOf(() => collect(decoded.file))).toBe(`ENVELOPE_MALFORMED ${refused}`)
          continue
        }
        expect(same(await collect(decoded.file), expected)).toBe(true)
        expect(decoded.opened()).toEqual(opened)
      }
    })
  }
})
