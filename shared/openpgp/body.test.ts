import fc from 'fast-check'
import { createMessage, decrypt, encrypt, readKey, readMessage } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { collect, inPieces } from '../../tests/fixtures/streams.ts'
import { decodeBody } from './body-decoder.ts'
import { bodyLength, encodeBody } from './body-encoder.ts'
import { BODY_HEADER_SIZE, BodyCipher, bodyHeader, CHUNK_SIZE, SEALED_CHUNK_SIZE, TAG_SIZE } from './body-format.ts'
import { BodyWalker } from './body-walker.ts'
import { concat } from './bytes.ts'
import { EnvelopeError } from './envelope-error.ts'
import { PacketReader, packet, packetLength, TAG } from './framing.ts'
import { splitHead } from './head.ts'
import { generateKey } from './keys.ts'
import { asSessionKey } from './session-key.ts'

const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
const salt = crypto.getRandomValues(new Uint8Array(32))
const suite = { data: sessionKey, algorithm: 'aes256', aeadAlgorithm: 'gcm' } as const
const SIZES = [0, 1, CHUNK_SIZE - 13, CHUNK_SIZE - 12, CHUNK_SIZE - 11, 2 * CHUNK_SIZE - 12, 2 * CHUNK_SIZE - 11]

/** File lengths around whole chunks (12 octets of the first are the literal packet's own) and in between. */
const lengths = fc.oneof(fc.constantFrom(...SIZES), fc.integer({ min: 0, max: 3 * CHUNK_SIZE }))
const pieceSizes = fc.integer({ min: 1000, max: 400_000 })

function fileOf(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed + (i >> 8)) & 0xff)
}

async function encode(file: Uint8Array, pieceSize = 100_000): Promise<Uint8Array> {
  return collect(encodeBody({ sessionKey, salt, length: file.length, source: inPieces(file, pieceSize) }))
}

async function decode(body: Uint8Array, pieceSize = 100_000): Promise<Uint8Array> {
  return collect(decodeBody({ sessionKey, source: inPieces(body, pieceSize) }))
}

function walk(body: Uint8Array, pieceSize = 100_000) {
  const walker = new BodyWalker({ length: body.length })
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

async function* streamOf(...piecesOf: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* piecesOf
}

async function packetOf(tag: number, contents: Uint8Array): Promise<Uint8Array> {
  return collect(packet({ tag, length: contents.length, contents: streamOf(contents) }))
}

/** A body around any plaintext packets, made well otherwise: what a hostile sender could make. */
async function sealAny(plaintext: Uint8Array): Promise<Uint8Array> {
  const cipher = await BodyCipher.from({ sessionKey, salt })
  const chunks = await Array.fromAsync(inPieces(plaintext, CHUNK_SIZE))
  const sealed = await Promise.all(chunks.map((chunk, index) => cipher.sealChunk(chunk, index)))
  const finalTag = await cipher.finalTag({ chunks: chunks.length, plaintext: plaintext.length })
  return packetOf(TAG.encrypted, concat(bodyHeader(salt), ...sealed, finalTag))
}

function withOctet(bytes: Uint8Array, at: number, change: (octet: number) => number): Uint8Array {
  const changed = bytes.slice()
  changed[at] = change(changed[at] ?? 0)
  return changed
}

describe('v2-gcm body', () => {
  it('[envelope/gcm] openpgp.js opens what we encode, and its length was known before', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, pieceSizes, async (length, pieceSize) => {
        const file = fileOf(length)
        const body = await encode(file, pieceSize)
        const message = await readMessage({ binaryMessage: body })
        const opened = await decrypt({ message, sessionKeys: suite, format: 'binary' })
        return body.length === bodyLength(length) && same(opened.data as Uint8Array, file)
      }),
      { numRuns: 25, examples: SIZES.map((length) => [length, 65_536]) },
    )
  })

  it('[envelope/gcm] we open and walk what openpgp.js encodes', async () => {
    const { certificate } = await generateKey({ name: 'A', at: '2026-01-01T00:00:00Z', expiresAfterSeconds: null })
    const encryptionKeys = await readKey({ binaryKey: certificate })
    await fc.assert(
      fc.asyncProperty(lengths, pieceSizes, async (length, pieceSize) => {
        const file = fileOf(length)
        const message = await createMessage({ binary: file, filename: 'name.txt' })
        const config = { aeadChunkSizeByte: 12 }
        const whole = await encrypt({ message, encryptionKeys, sessionKey: suite, format: 'binary', config })
        const body = whole.subarray(splitHead(whole).bodyOffset)
        walk(body, pieceSize)
        return same(await decode(body, pieceSize), file)
      }),
      { numRuns: 15, examples: SIZES.map((length) => [length, 65_536]) },
    )
  })

  it('[envelope/gcm] decodes what it encodes, and the walker agrees, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, pieceSizes, pieceSizes, async (length, writeSize, readSize) => {
        const file = fileOf(length)
        const body = await encode(file, writeSize)
        expect(walk(body, readSize)).toMatchObject({ length: body.length, plaintextLength: 12 + length })
        return same(await decode(body, readSize), file)
      }),
      { numRuns: 25 },
    )
    const small = await encode(fileOf(5))
    expect(await decode(small, 1)).toEqual(fileOf(5))
    expect(walk(small, 1)).toEqual({ length: small.length, chunks: 1, plaintextLength: 17 })
  })

  it('[envelope/gcm] refuses a source that is longer or shorter than announced', async () => {
    const announce = (length: number) => collect(encodeBody({ sessionKey, salt, length, source: streamOf(fileOf(10)) }))
    expect(await detailOf(() => announce(9))).toBe('SOURCE_CHANGED source-longer')
    expect(await detailOf(() => announce(11))).toBe('SOURCE_CHANGED source-shorter')
    expect(await detailOf(() => announce(0))).toBe('SOURCE_CHANGED source-longer')
  })

  it('[envelope/gcm] frames more than 4 GiB in partial lengths that read back', async () => {
    const piece = new Uint8Array(64 * 1024 * 1024)
    const length = 66 * piece.length + 7
    async function* contents() {
      for (let i = 0; i < 66; i += 1) yield piece
      yield piece.subarray(0, 7)
    }
    const reader = new PacketReader({ tag: TAG.literal, refuse: () => new EnvelopeError('NOT_ENCRYPTED', 'plaintext') })
    let written = 0
    let read = 0
    const starts: string[] = []
    for await (const out of packet({ tag: TAG.literal, length, contents: contents() })) {
      if (out.length < 7) starts.push(out.toHex().slice(0, 12))
      written += out.length
      for (const taken of reader.push(out)) read += taken.length
    }
    reader.finish()
    expect({ written, read }).toEqual({ written: packetLength(length), read: length })
    expect(starts).toEqual(['cbfe', 'ffc8000007'])
    expect(packetLength(2 ** 32 - 1) - (2 ** 32 - 1)).toBe(6)
    expect(packetLength(2 ** 32) - 2 ** 32).toBe(7)
  })
})

describe('v2-gcm body, malformed', () => {
  const file = fileOf(2 * CHUNK_SIZE + 1000)

  it('[envelope/gcm] is refused by walker and decoder wherever it is cut', async () => {
    const body = await encode(file)
    const edges = [
      1,
      2,
      5,
      6,
      7,
      6 + BODY_HEADER_SIZE,
      body.length - 1,
      body.length - TAG_SIZE,
      body.length - TAG_SIZE - 1,
    ]
    for (let chunk = 1; chunk <= 2; chunk += 1) edges.push(6 + BODY_HEADER_SIZE + chunk * SEALED_CHUNK_SIZE)
    for (const edge of edges.flatMap((at) => [at - 1, at, at + 1]).filter((at) => at > 0 && at < body.length)) {
      const cut = body.subarray(0, edge)
      expect(await detailOf(() => decode(cut)), `decoder, cut at ${edge}`).toBe('ENVELOPE_MALFORMED truncated')
      expect(await detailOf(() => walk(cut)), `walker, cut at ${edge}`).toBe('ENVELOPE_MALFORMED truncated')
    }
  })

  it('[envelope/gcm] is refused when chunks are cut off and the length is made to fit', async () => {
    const contents = (await encode(file)).subarray(6)
    const shortened = contents.subarray(0, BODY_HEADER_SIZE + SEALED_CHUNK_SIZE)
    const noFinalTag = await packetOf(TAG.encrypted, contents.subarray(0, -TAG_SIZE))
    const fewer = await packetOf(TAG.encrypted, concat(shortened, contents.subarray(-TAG_SIZE)))
    expect(await detailOf(() => decode(noFinalTag))).toBe('ENVELOPE_MALFORMED altered')
    expect(await detailOf(() => decode(fewer))).toBe('ENVELOPE_MALFORMED altered')
    // Its length fits: only the key shows that chunks are missing.
    expect(await detailOf(() => walk(fewer))).toBe('accepted')
    for (const octets of [0, BODY_HEADER_SIZE, BODY_HEADER_SIZE + TAG_SIZE]) {
      const nothing = await packetOf(TAG.encrypted, contents.subarray(0, octets))
      expect(await detailOf(() => walk(nothing)), `${octets}`).toBe('ENVELOPE_MALFORMED truncated')
      expect(await detailOf(() => decode(nothing)), `${octets}`).not.toBe('accepted')
    }
    const stub = await packetOf(TAG.encrypted, contents.subarray(0, BODY_HEADER_SIZE + TAG_SIZE + 16))
    expect(await detailOf(() => walk(stub))).toBe('ENVELOPE_MALFORMED wrong-length')
    expect(await detailOf(() => decode(stub))).toBe('ENVELOPE_MALFORMED truncated')
  })

  it('[envelope/gcm] is refused when any bit is flipped', async () => {
    const body = await encode(fileOf(300_000))
    const anywhere = fc.integer({ min: 0, max: body.length - 1 })
    await fc.assert(
      fc.asyncProperty(anywhere, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        return (await detailOf(() => decode(withOctet(body, at, (octet) => octet ^ (1 << bit))))) !== 'accepted'
      }),
      { numRuns: 60, examples: Array.from({ length: 60 }, (_, i): [number, number] => [i, i % 8]) },
    )
    expect(await detailOf(() => decode(withOctet(body, 1000, (octet) => octet ^ 1)))).toBe('ENVELOPE_MALFORMED altered')
    const last = body.length - 1
    expect(await detailOf(() => decode(withOctet(body, last, (octet) => octet ^ 1)))).toBe('ENVELOPE_MALFORMED altered')
  })

  it('[envelope/gcm] is refused when chunks change places', async () => {
    const body = await encode(file)
    const chunk = (i: number) => {
      const start = 6 + BODY_HEADER_SIZE + i * SEALED_CHUNK_SIZE
      return body.subarray(start, start + SEALED_CHUNK_SIZE)
    }
    const rest = body.subarray(6 + BODY_HEADER_SIZE + 2 * SEALED_CHUNK_SIZE)
    const swapped = concat(body.subarray(0, 6 + BODY_HEADER_SIZE), chunk(1), chunk(0), rest)
    expect(await detailOf(() => decode(swapped))).toBe('ENVELOPE_MALFORMED altered')
  })

  it('[envelope/gcm] is refused by walker and decoder alike for another version, cipher, mode or chunk size', async () => {
    const body = await encode(fileOf(100))
    const cases = { 6: 'wrong-version', 7: 'wrong-cipher', 8: 'ocb-mode', 9: 'wrong-chunk-size' }
    for (const [at, detail] of Object.entries(cases)) {
      const changed = withOctet(body, Number(at), (octet) => octet - 1)
      expect(await detailOf(() => walk(changed))).toBe(`ENVELOPE_MALFORMED ${detail}`)
      expect(await detailOf(() => decode(changed))).toBe(`ENVELOPE_MALFORMED ${detail}`)
    }
  })

  it('[envelope/gcm] is refused with anything after it, and plaintext is called plaintext', async () => {
    const trailing = concat(await encode(fileOf(100)), Uint8Array.of(0))
    expect(await detailOf(() => walk(trailing))).toBe('ENVELOPE_MALFORMED trailing-bytes')
    expect(await detailOf(() => decode(trailing))).toBe('ENVELOPE_MALFORMED trailing-bytes')
    for (const plain of ['%PDF-1.7', 'PK\u0003\u0004', 'name,date\n']) {
      const bytes = new TextEncoder().encode(plain)
      expect(await detailOf(() => walk(bytes))).toBe('NOT_ENCRYPTED plaintext')
      expect(await detailOf(() => decode(bytes))).toBe('NOT_ENCRYPTED plaintext')
    }
    expect(await detailOf(() => walk(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)))).toBe('NOT_ENCRYPTED plaintext')
    expect(await detailOf(() => walk(Uint8Array.of(0xd4, 0xff)))).toBe('ENVELOPE_MALFORMED librepgp-aead')
    expect(await detailOf(() => walk(Uint8Array.of(0xc9, 0xff)))).toBe('ENVELOPE_MALFORMED no-integrity')
  })

  it('[envelope/gcm] walker refuses another length than announced', async () => {
    const body = await encode(fileOf(100))
    const walker = new BodyWalker({ length: body.length + 1 })
    walker.push(body)
    expect(await detailOf(() => walker.finish())).toBe('ENVELOPE_MALFORMED wrong-length')
    const shorter = new BodyWalker({ length: body.length - 1 })
    expect(await detailOf(() => shorter.push(body))).toBe('ENVELOPE_MALFORMED wrong-length')
  })

  it('[envelope/gcm] decoder opens one binary literal packet and names anything else inside', async () => {
    const literal = await packetOf(TAG.literal, concat(Uint8Array.of(0x62, 0, 0, 0, 0, 0), fileOf(20)))
    const text = await packetOf(TAG.literal, concat(Uint8Array.of(0x75, 0, 0, 0, 0, 0), fileOf(20)))
    const refused: [Uint8Array, string][] = [
      [concat(literal, literal), 'two-literals'],
      [concat(literal, await packetOf(TAG.padding, fileOf(9))), 'trailing-bytes'],
      [text, 'not-binary'],
      [await packetOf(TAG.compressed, Uint8Array.of(0, ...literal)), 'compressed'],
      [await packetOf(TAG.onePassSignature, fileOf(13)), 'signed-inside'],
      [await packetOf(TAG.encrypted, fileOf(13)), 'encrypted-inside'],
      [await packetOf(TAG.marker, fileOf(3)), 'not-literal'],
      [await packetOf(TAG.literal, Uint8Array.of(0x62, 9, 0x61)), 'truncated'],
      [literal.subarray(0, -1), 'truncated'],
      [new Uint8Array(), 'truncated'],
    ]
    expect(await decode(await sealAny(literal))).toEqual(fileOf(20))
    for (const [plaintext, detail] of refused) {
      const body = await sealAny(plaintext)
      expect(await detailOf(() => decode(body)), detail).toBe(`ENVELOPE_MALFORMED ${detail}`)
    }
  })

  it('[envelope/gcm] does not open with another session key', async () => {
    const other = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
    const source = inPieces(await encode(fileOf(100)), 50)
    expect(await detailOf(() => collect(decodeBody({ sessionKey: other, source })))).toBe('ENVELOPE_MALFORMED altered')
  })
})

describe('memory', () => {
  it('[envelope/gcm] encoder reads at most its chunks in flight ahead of a slow reader', async () => {
    let read = 0
    async function* counted() {
      for (let i = 0; i < 64; i += 1) {
        read += CHUNK_SIZE
        yield fileOf(CHUNK_SIZE)
      }
    }
    const body = encodeBody({ sessionKey, salt, length: 64 * CHUNK_SIZE, source: counted() })
    let written = 0
    let ahead = 0
    for await (const piece of body) {
      written += piece.length
      ahead = Math.max(ahead, read - written)
    }
    expect(read).toBe(64 * CHUNK_SIZE)
    expect(ahead).toBeLessThanOrEqual(10 * CHUNK_SIZE)
  })
})
