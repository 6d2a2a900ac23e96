// Malformed input, one test for each way of it, as far as bytes alone decide it.
import { deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { createMessage, encrypt, readKey } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { collect, inPieces } from '../../tests/fixtures/streams.ts'
import { openpgpPrimitives as primitives } from '../platform/crypto.ts'
import { inflate } from '../platform/inflate.ts'
import { decodeAnyBody } from './any-decoder.ts'
import { encodeBody } from './body-encoder.ts'
import { BODY_HEADER_SIZE, BodyCipher, chunkSize, TAG_SIZE } from './body-format.ts'
import { type AcceptedBody, BodyWalker } from './body-walker.ts'
import { ascii, concat, fromHex } from './bytes.ts'
import { encodeCfbBody } from './cfb-encoder.ts'
import { CFB_VERSION, MDC_HEADER, prefixOf } from './cfb-format.ts'
import { EnvelopeError } from './envelope-error.ts'
import { TAG } from './framing.ts'
import { checkRecipients, splitHead } from './head.ts'
import { generateKey } from './keys.ts'
import type { Inflate } from './primitives.ts'
import { asSessionKey, unwrapSessionKey, wrapSessionKey } from './session-key.ts'

const AT = '2026-06-01T00:00:00Z'
const sessionKey = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
const salt = crypto.getRandomValues(new Uint8Array(16))
const file = Uint8Array.from({ length: 600_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
const literalOf = (bytes: Uint8Array) => packetOf(TAG.literal, concat(Uint8Array.of(0x62, 0, 0, 0, 0, 0), bytes))

/** A packet with a five-octet length. */
function packetOf(tag: number, contents: Uint8Array): Uint8Array {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, contents.length)
  return concat(Uint8Array.of(0xc0 | tag, 0xff), length, contents)
}

/** A version 1 body around any plaintext packets, made well otherwise: what a hostile sender could make. */
async function cfbAround(plaintext: Uint8Array): Promise<Uint8Array> {
  const cfb = primitives.cfb({ key: sessionKey, direction: 'encrypt' })
  const hashed = concat(prefixOf(salt), plaintext, MDC_HEADER)
  const mdc = new Uint8Array(await crypto.subtle.digest('SHA-1', hashed as Uint8Array<ArrayBuffer>))
  return packetOf(TAG.encrypted, concat(CFB_VERSION, await cfb.update(concat(hashed, mdc))))
}

/** A version 2 body in chunks of the size that `chunkOctet` names. */
async function chunksAround(plaintext: Uint8Array, chunkOctet: number): Promise<Uint8Array> {
  const salt32 = crypto.getRandomValues(new Uint8Array(32))
  const cipher = await BodyCipher.from({ sessionKey, salt: salt32, chunkOctet })
  const pieces = await Array.fromAsync(inPieces(plaintext, chunkSize(chunkOctet)))
  const sealed = await Promise.all(pieces.map((piece, index) => cipher.sealChunk(piece, index)))
  const finalTag = await cipher.finalTag({ chunks: pieces.length, plaintext: plaintext.length })
  return packetOf(TAG.encrypted, concat(Uint8Array.of(2, 9, 3, chunkOctet), salt32, ...sealed, finalTag))
}

type Options = { inflate?: Inflate | null; limit?: number; pieceSize?: number; key?: typeof sessionKey }

function decode(body: Uint8Array, options: Options = {}) {
  const { limit = 4_000_000, pieceSize = 65_536, key = sessionKey } = options
  return decodeAnyBody({
    sessionKey: key,
    source: inPieces(body, pieceSize),
    primitives,
    inflate: options.inflate === undefined ? inflate : options.inflate,
    limits: { file: limit },
  })
}

/** What decoding ends with, and how much was yielded before. */
async function outcome(body: Uint8Array, options: Options = {}): Promise<{ detail: string; yielded: number }> {
  const { file: bytes, opened } = decode(body, options)
  let yielded = 0
  const detail = await detailOf(async () => {
    for await (const piece of bytes) yielded += piece.length
  })
  expect(opened() === null, 'told as opened though it failed').toBe(detail !== 'accepted')
  return { detail, yielded }
}

const detailIn = async (body: Uint8Array, options: Options = {}) => (await outcome(body, options)).detail

async function detailOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return error instanceof EnvelopeError ? error.detail : String(error)
  }
}

function walk(body: Uint8Array, accept: AcceptedBody) {
  const walker = new BodyWalker({ length: body.length, accept })
  for (let at = 0; at < body.length; at += 10_000) walker.push(body.subarray(at, at + 10_000))
  return walker.finish()
}

const flipped = (bytes: Uint8Array, at: number, mask = 1) => {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ mask
  return changed
}

const body1 = await collect(
  encodeCfbBody({ sessionKey, salt, length: file.length, name: 'n', source: inPieces(file, 50_000), primitives }),
)
const body2 = await collect(
  encodeBody({ sessionKey, salt: new Uint8Array(32), length: file.length, source: inPieces(file, 50_000) }),
)

describe('heads', () => {
  const pkesk3 = (keyId: string) => packetOf(TAG.pkesk, concat(Uint8Array.of(3), fromHex(keyId, 8), new Uint8Array(90)))
  const pkesk6 = (fingerprint: string) =>
    packetOf(TAG.pkesk, concat(Uint8Array.of(6, 21, 4), fromHex(fingerprint, 20), new Uint8Array(80)))

  it('[envelope/hostile] ten thousand PKESKs stop at 64 KiB', () => {
    for (const one of [pkesk3('0123456789abcdef'), pkesk6('11'.repeat(20))]) {
      const many = concat(...Array.from({ length: 10_000 }, () => one), body1)
      expect(() => splitHead(many)).toThrow('64 KiB')
    }
  })

  it('[envelope/hostile] hidden recipients, passwords, tags 9 and 20, and wrong pairs are refused by name', async () => {
    const hidden6 = packetOf(TAG.pkesk, concat(Uint8Array.of(6, 0, 25), new Uint8Array(80)))
    const cases: [string, Uint8Array][] = [
      ['hidden-recipient', concat(pkesk3('0000000000000000'), body1)],
      ['hidden-recipient', concat(hidden6, body2)],
      ['password-packet', concat(pkesk3('0123456789abcdef'), packetOf(TAG.skesk, new Uint8Array(20)), body1)],
      ['password-packet', concat(packetOf(TAG.skesk, new Uint8Array(20)), body2)],
      ['no-integrity', concat(pkesk3('0123456789abcdef'), packetOf(TAG.encryptedWithoutIntegrity, body1))],
      ['librepgp-aead', concat(pkesk3('0123456789abcdef'), packetOf(TAG.librepgpAead, Uint8Array.of(1, 9, 2, 16)))],
      ['versions-not-paired', concat(pkesk3('0123456789abcdef'), body2)],
      ['versions-not-paired', concat(pkesk6('11'.repeat(20)), body1)],
      ['versions-not-paired', concat(pkesk6('11'.repeat(20)), pkesk3('0123456789abcdef'), body2)],
    ]
    for (const [detail, message] of cases) expect(await detailOf(() => splitHead(message)), detail).toBe(detail)
  })

  it('[envelope/hostile] split and join are inverse, for any PKESKs of one generation', () => {
    const keyIds = fc.uint8Array({ minLength: 8, maxLength: 8 }).filter((octets) => octets.some((octet) => octet > 0))
    const fingerprints = fc.uint8Array({ minLength: 20, maxLength: 20 })
    const heads = fc.oneof(
      fc.array(keyIds, { maxLength: 20 }).map((ids) => ({ pkesks: ids.map((id) => pkesk3(id.toHex())), body: body1 })),
      fc.array(fingerprints, { maxLength: 20 }).map((all) => ({
        pkesks: all.map((fingerprint) => pkesk6(fingerprint.toHex())),
        body: body2,
      })),
    )
    fc.assert(
      fc.property(heads, ({ pkesks, body }) => {
        const message = concat(...pkesks, body.subarray(0, 1000))
        const head = splitHead(message)
        const joined = concat(...head.pkesks.map(({ bytes }) => bytes), message.subarray(head.bodyOffset))
        return Buffer.compare(joined, message) === 0 && head.pkesks.length === pkesks.length
      }),
      { numRuns: 200 },
    )
  })

  it('[envelope/hostile] a PKESK that names one subkey and is for another opens for nobody', async () => {
    const [ann, bob] = await Promise.all(
      ['A', 'B'].map((name) => generateKey({ name, at: AT, expiresAfterSeconds: null })),
    )
    if (!ann || !bob) throw new Error('no keys')
    const wanted = { sessionKey, certificate: bob.certificate, encryptionSubkey: bob.encryptionSubkey, at: AT }
    const forBob = await wrapSessionKey({ ...wanted, bodyVersion: 1 })
    const named = forBob.slice()
    named.set(fromHex(ann.encryptionSubkey.slice(-16), 8), 3)
    const head = splitHead(concat(forBob, body1))
    expect(await detailOf(() => checkRecipients({ pkesks: head.pkesks, subkeys: [ann.encryptionSubkey] }))).toBe(
      'recipient-unexpected',
    )
    for (const pkesk of [forBob, named]) {
      expect(await detailOf(() => unwrapSessionKey({ pkesk, key: ann.privateKey, bodyVersion: 1 }))).toBe(
        'cannot-unwrap',
      )
    }
  })
})

describe('bodies, without a key', () => {
  it('[envelope/hostile] cut at any octet, or with one more, the walker refuses them', async () => {
    const small1 = await cfbAround(await literalOf(file.subarray(0, 40)))
    const small2 = await chunksAround(await literalOf(file.subarray(0, 200)), 0)
    for (const [body, accept] of [
      [small1, 'v1-cfb'],
      [small1, 'any'],
      [small2, 'any'],
    ] as const) {
      expect(walk(body, accept).length).toBe(body.length)
      for (let at = 1; at < body.length; at += 1) {
        expect(await detailOf(() => walk(body.subarray(0, at), accept)), `cut at ${at}`).toBe('truncated')
      }
      expect(await detailOf(() => walk(concat(body, Uint8Array.of(0)), accept))).toBe('trailing-bytes')
    }
  })

  it('[envelope/hostile] of another profile, mode, cipher or chunk size are refused by name', async () => {
    const octets = await literalOf(file.subarray(0, 100))
    const c0 = await chunksAround(octets, 0)
    const with2 = (at: number, octet: number) => {
      const changed = body2.slice()
      changed[at] = octet
      return changed
    }
    const cases: [string, Uint8Array, AcceptedBody][] = [
      ['wrong-version', body1, 'v2-gcm'],
      ['wrong-version', body2, 'v1-cfb'],
      ['wrong-version', with2(6, 3), 'any'],
      ['wrong-cipher', with2(7, 7), 'any'],
      ['ocb-mode', with2(8, 2), 'any'],
      ['wrong-mode', with2(8, 1), 'any'],
      ['wrong-chunk-size', with2(9, 17), 'any'],
      ['wrong-chunk-size', c0, 'v2-gcm'],
      ['truncated', packetOf(TAG.encrypted, Uint8Array.of(1)), 'any'],
      ['truncated', packetOf(TAG.encrypted, concat(Uint8Array.of(1), new Uint8Array(40))), 'v1-cfb'],
      ['truncated', packetOf(TAG.encrypted, new Uint8Array()), 'any'],
    ]
    for (const [detail, body, accept] of cases) {
      expect(await detailOf(() => walk(body, accept)), detail).toBe(detail)
      if (accept === 'any') expect(await detailIn(body), `decoder: ${detail}`).toBe(detail)
    }
  })

  it('[envelope/hostile] in partial lengths pass as a whole, and not with a first part under 512 octets', async () => {
    const contents = body1.subarray(6)
    const partial = concat(
      Uint8Array.of(0xd2, 0xe9),
      contents.subarray(0, 512),
      Uint8Array.of(0xe0),
      contents.subarray(512, 513),
      packetOf(0, contents.subarray(513)).subarray(1),
    )
    expect(walk(partial, 'any')).toMatchObject({ length: partial.length })
    expect(await outcome(partial, { pieceSize: 100 })).toEqual({ detail: 'accepted', yielded: file.length })
    const short = concat(Uint8Array.of(0xd2, 0xe8), contents)
    expect(await detailOf(() => walk(short, 'any'))).toBe('partial-length')
    expect(await detailIn(short)).toBe('partial-length')
    const open = concat(Uint8Array.of(0xd2, 0xe9), contents.subarray(0, 512))
    expect(await detailOf(() => walk(open, 'any'))).toBe('truncated')
    expect(await detailIn(open)).toBe('truncated')
  })

  it('[envelope/hostile] the walker goes on in another process and never past the length announced', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: body1.length }), fc.boolean(), (at, first) => {
        const body = first ? body1 : body2
        const accept = first ? 'v1-cfb' : 'v2-gcm'
        const before = new BodyWalker({ length: body.length, accept })
        before.push(body.subarray(0, at))
        const state = JSON.parse(JSON.stringify(before.state()))
        const after = new BodyWalker({ length: body.length, accept, state })
        after.push(body.subarray(at))
        return after.finish().length === body.length
      }),
      { numRuns: 40 },
    )
    const walker = new BodyWalker({ length: 100, accept: 'any' })
    expect(() => walker.push(body1)).toThrow('length')
  })
})

describe('bodies, with their key', () => {
  it('[envelope/hostile] chunks of every size up to 4 MiB open, as gosop and sq make them', async () => {
    for (const chunkOctet of [0, 1, 6, 8, 11, 13, 16]) {
      const length = chunkOctet === 0 ? 5000 : file.length
      const body = await chunksAround(await literalOf(file.subarray(0, length)), chunkOctet)
      expect(walk(body, 'any').length).toBe(body.length)
      const { file: bytes, opened } = decode(body)
      expect(Buffer.compare(await collect(bytes), file.subarray(0, length)), `${chunkOctet}`).toBe(0)
      expect(opened()).toEqual({ bodyVersion: 2, compression: null, signatures: 0, name: '' })
    }
  })

  it('[envelope/hostile] of openpgp.js with any chunk size open, and OCB is refused', async () => {
    const { certificate } = await generateKey({ name: 'A', at: AT, expiresAfterSeconds: null })
    const encryptionKeys = await readKey({ binaryKey: certificate })
    const make = async (aeadAlgorithm: 'gcm' | 'ocb', aeadChunkSizeByte: number) => {
      const message = await createMessage({ binary: file.subarray(0, 100_000) })
      const suite = { data: sessionKey, algorithm: 'aes256', aeadAlgorithm } as const
      const whole = await encrypt({
        message,
        encryptionKeys,
        sessionKey: suite,
        format: 'binary',
        config: { aeadChunkSizeByte },
      })
      return whole.subarray(splitHead(whole).bodyOffset)
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 3, max: 16 }), fc.integer({ min: 500, max: 90_000 }), async (c, pieceSize) => {
        return (await outcome(await make('gcm', c), { pieceSize })).yielded === 100_000
      }),
      { numRuns: 12 },
    )
    expect(await outcome(await make('ocb', 12))).toEqual({ detail: 'ocb-mode', yielded: 0 })
  })

  it('[envelope/hostile] cut anywhere, with or without the length made to fit, never end as opened', async () => {
    const small1 = await cfbAround(literalOf(file.subarray(0, 40)))
    const small2 = await chunksAround(literalOf(file.subarray(0, 200)), 0)
    for (const body of [small1, small2]) {
      for (let at = 1; at < body.length; at += 1) {
        expect(await detailIn(body.subarray(0, at)), `cut at ${at}`).toBe('truncated')
        const fitted = packetOf(TAG.encrypted, body.subarray(6, at))
        expect(['altered', 'truncated'], `cut to fit at ${at}`).toContain(await detailIn(fitted))
      }
    }
    for (const body of [body1, body2]) {
      const edges = [1, 5, 6, 7, 24, 25, 6 + BODY_HEADER_SIZE, 262_144, body.length - 22, body.length - TAG_SIZE]
      for (const at of edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((edge) => edge > 0)) {
        expect(await detailIn(body.subarray(0, at)), `cut at ${at}`).toBe('truncated')
      }
    }
  })

  it('[envelope/hostile] with any bit flipped, octets added or another key never end as opened', async () => {
    for (const body of [body1, body2]) {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: body.length - 1 }),
          fc.integer({ min: 0, max: 7 }),
          async (at, bit) => {
            return (await detailIn(flipped(body, at, 1 << bit))) !== 'accepted'
          },
        ),
        { numRuns: 60, examples: Array.from({ length: 48 }, (_, i): [number, number] => [i, i % 8]) },
      )
      for (const at of [30, 1000, 300_000, body.length - 1]) expect(await detailIn(flipped(body, at))).toBe('altered')
      expect(await detailIn(concat(body, Uint8Array.of(0)))).toBe('trailing-bytes')
      expect(await detailIn(concat(body, body))).toBe('trailing-bytes')
      const key = asSessionKey(crypto.getRandomValues(new Uint8Array(32)))
      expect(await detailIn(body, { key })).toBe('altered')
    }
  })

  it('[envelope/hostile] a version 1 body that fits in one step yields nothing before its MDC was right', async () => {
    const body = await cfbAround(literalOf(file.subarray(0, 100_000)))
    expect(await outcome(flipped(body, body.length - 1))).toEqual({ detail: 'altered', yielded: 0 })
    expect(await outcome(flipped(body, 5000))).toEqual({ detail: 'altered', yielded: 0 })
  })

  it('[envelope/hostile] altered octets are called altered, whatever they turned the packets into', async () => {
    // Each octet of the literal packet's header, and of the compressed one's: without this, the answer would tell which.
    const plain = await cfbAround(literalOf(file))
    const deflated = concat(Uint8Array.of(1), deflateRawSync(literalOf(file)))
    const compressed = await cfbAround(packetOf(TAG.compressed, deflated))
    for (const body of [plain, compressed]) {
      const start = 6 + 1 + 18
      for (let at = start; at < start + 12; at += 1) {
        for (const mask of [1, 0x40, 0x80, 0xff])
          expect(await detailIn(flipped(body, at, mask)), `${at}`).toBe('altered')
      }
    }
  })

  it('[envelope/hostile] a version 2 body without a chunk or without its final tag is no body', async () => {
    const header = Uint8Array.of(2, 9, 3, 12, ...new Uint8Array(32))
    for (const octets of [0, 1, 15, 16, 17, 32]) {
      const body = packetOf(TAG.encrypted, concat(header, new Uint8Array(octets)))
      expect(['truncated', 'altered']).toContain(await detailIn(body))
    }
    const cipher = await BodyCipher.from({ sessionKey, salt: new Uint8Array(32) })
    const empty = packetOf(TAG.encrypted, concat(header, await cipher.finalTag({ chunks: 0, plaintext: 0 })))
    expect(await detailIn(empty)).toBe('truncated')
  })
})

describe('what is inside', () => {
  const literal = literalOf(file.subarray(0, 50))
  const onePass = packetOf(TAG.onePassSignature, new Uint8Array(13))
  const signature = packetOf(TAG.signature, new Uint8Array(70))
  const zip = (bytes: Uint8Array) => packetOf(TAG.compressed, concat(Uint8Array.of(1), deflateRawSync(bytes)))
  const zlib = (bytes: Uint8Array) => packetOf(TAG.compressed, concat(Uint8Array.of(2), deflateSync(bytes)))
  const around = [cfbAround, (plaintext: Uint8Array) => chunksAround(plaintext, 12)]

  it('[envelope/hostile] one binary literal packet opens: plain, signed, compressed once, in any framing', async () => {
    const oldFormat = concat(Uint8Array.of(0xac, 56), literal.subarray(6))
    const oldOpen = concat(Uint8Array.of(0xaf), literal.subarray(6))
    const inParts = concat(
      Uint8Array.of(0xcb, 0xe9),
      concat(Uint8Array.of(0x62, 0, 0, 0, 0, 0), file.subarray(0, 506)),
      Uint8Array.of(0),
    )
    const cases: [Uint8Array, number, object][] = [
      [literal, 50, {}],
      [oldFormat, 50, {}],
      [oldOpen, 50, {}],
      [inParts, 506, {}],
      [concat(onePass, literal, signature), 50, { signatures: 1 }],
      [concat(onePass, onePass, literal, signature, signature), 50, { signatures: 2 }],
      [zip(literal), 50, { compression: 'zip' }],
      [zlib(concat(onePass, literal, signature)), 50, { compression: 'zlib', signatures: 1 }],
      [concat(Uint8Array.of(0xa3, 1), deflateRawSync(oldOpen)), 50, { compression: 'zip' }],
    ]
    for (const make of around) {
      for (const [plaintext, length, found] of cases) {
        const { file: bytes, opened } = decode(await make(plaintext), { pieceSize: 7 })
        expect(Buffer.compare(await collect(bytes), file.subarray(0, length))).toBe(0)
        expect(opened()).toMatchObject({ compression: null, signatures: 0, ...found })
      }
    }
  })

  it('[envelope/hostile] anything else is refused by name, in both versions', async () => {
    const text = packetOf(TAG.literal, concat(Uint8Array.of(0x74, 0, 0, 0, 0, 0), file.subarray(0, 9)))
    const trailingInside = concat(Uint8Array.of(1), deflateRawSync(literal), Uint8Array.of(1, 2, 3))
    const cases: [string, Uint8Array][] = [
      ['two-literals', concat(literal, literal)],
      ['two-literals', zip(concat(literal, literal))],
      ['two-literals', concat(onePass, literal, literal)],
      ['trailing-bytes', concat(zip(literal), literal)],
      ['trailing-bytes', concat(literal, packetOf(TAG.padding, new Uint8Array(9)))],
      ['after-compressed', packetOf(TAG.compressed, trailingInside)],
      ['after-compressed', packetOf(TAG.compressed, concat(trailingInside, new Uint8Array(200_000)))],
      ['compressed-twice', zip(zip(literal))],
      ['compressed-twice', zlib(zip(literal))],
      ['compressed', concat(onePass, zip(literal), signature)],
      ['compressed-unscannable', packetOf(TAG.compressed, concat(Uint8Array.of(3), file.subarray(0, 99)))],
      ['compressed-unscannable', packetOf(TAG.compressed, concat(Uint8Array.of(0), literal))],
      ['compression-malformed', packetOf(TAG.compressed, concat(Uint8Array.of(2), file.subarray(0, 99)))],
      [
        'compression-malformed',
        packetOf(TAG.compressed, concat(Uint8Array.of(1), deflateRawSync(literal).subarray(0, -1))),
      ],
      ['truncated', zip(literal.subarray(0, -1))],
      ['truncated', zip(new Uint8Array())],
      ['truncated', packetOf(TAG.compressed, new Uint8Array())],
      ['truncated', literal.subarray(0, -1)],
      ['truncated', packetOf(TAG.literal, Uint8Array.of(0x62, 9, 0x61))],
      ['not-binary', text],
      ['not-literal', packetOf(TAG.marker, ascii('PGP'))],
      ['not-literal', packetOf(TAG.padding, new Uint8Array(9))],
      ['not-literal', ascii('name,date\n')],
      ['encrypted-inside', body1],
      ['encrypted-inside', packetOf(TAG.pkesk, new Uint8Array(20))],
      ['signed-inside', concat(signature, literal)],
      ['signatures-malformed', concat(onePass, literal)],
      ['signatures-malformed', concat(...Array.from({ length: 17 }, () => onePass), literal)],
      ['signatures-malformed', concat(packetOf(TAG.onePassSignature, new Uint8Array(1025)), literal)],
      ['signatures-malformed', concat(onePass, literal, packetOf(TAG.signature, new Uint8Array(65_537)))],
      ['trailing-bytes', concat(literal, signature)],
      ['trailing-bytes', concat(onePass, literal, signature, signature)],
      ['partial-length', concat(Uint8Array.of(0xcb, 0xe8), file.subarray(0, 300))],
    ]
    for (const make of around) {
      for (const [detail, plaintext] of cases) expect(await detailIn(await make(plaintext)), detail).toBe(detail)
    }
    expect(await detailIn(await cfbAround(zip(literal)), { inflate: null })).toBe('compressed')
  })

  it('[envelope/hostile] a bomb ends at the limit, having inflated no more than that', async () => {
    const bomb = await cfbAround(zip(literalOf(new Uint8Array(64 * 1024 * 1024))))
    expect(bomb.length).toBeLessThan(100_000)
    let inflated = 0
    async function* counted(input: Parameters<Inflate>[0]) {
      for await (const piece of inflate(input)) {
        inflated += piece.length
        yield piece
      }
    }
    const { detail, yielded } = await outcome(bomb, { inflate: counted, limit: 1_000_000 })
    expect(detail).toBe('more-than-allowed')
    expect(yielded).toBeLessThanOrEqual(1_000_000)
    expect(inflated).toBeLessThan(1_200_000)
  })

  it('[envelope/hostile] a long file ends at the limit without compression too', async () => {
    for (const body of [body1, body2]) {
      expect((await outcome(body, { limit: file.length })).detail).toBe('accepted')
      expect((await outcome(body, { limit: file.length - 1 })).detail).toBe('more-than-allowed')
    }
  })
})

describe('session keys, forged', () => {
  it('[envelope/hostile] an RSA PKESK that does not decrypt is answered like one with another session key', async () => {
    const name = 'rsa-3072'
    const { generateKey: generate } = await import('openpgp')
    const config = { aeadProtect: true }
    const options = {
      type: 'rsa',
      rsaBits: 3072,
      userIDs: { name },
      date: new Date(AT),
      format: 'object',
      config,
    } as const
    const { privateKey, publicKey } = await generate(options)
    const key = privateKey.write() as Parameters<typeof unwrapSessionKey>[0]['key']
    const encryptionSubkey = publicKey.subkeys[0]?.getFingerprint() ?? ''
    for (const bodyVersion of [1, 2] as const) {
      const wanted = { sessionKey, certificate: publicKey.write(), encryptionSubkey, at: AT, bodyVersion }
      const pkesk = await wrapSessionKey(wanted)
      expect(await unwrapSessionKey({ pkesk, key, bodyVersion })).toEqual(sessionKey)
      const forged = flipped(pkesk, pkesk.length - 5)
      const [first, second] = [
        await unwrapSessionKey({ pkesk: forged, key, bodyVersion }),
        await unwrapSessionKey({ pkesk: forged, key, bodyVersion }),
      ]
      expect([first.length, second.length]).toEqual([32, 32])
      expect(first).not.toEqual(sessionKey)
      expect(await detailIn(bodyVersion === 1 ? body1 : body2, { key: first })).toBe('altered')
    }
    const stranger = await generateKey({ name: 'S', at: AT, expiresAfterSeconds: null })
    const wanted = { sessionKey, certificate: publicKey.write(), encryptionSubkey, at: AT }
    const pkesk = await wrapSessionKey(wanted)
    expect(await detailOf(() => unwrapSessionKey({ pkesk, key: stranger.privateKey }))).toBe('cannot-unwrap')
  })
})
