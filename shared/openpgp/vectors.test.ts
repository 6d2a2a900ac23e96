import { readFile } from 'node:fs/promises'
import { decrypt, readMessage } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { collect, inPieces } from '../../tests/fixtures/streams.ts'
import vectors from '../../tests/vectors/openpgp/vectors.json' with { type: 'json' }
import { openpgpPrimitives as primitives } from '../platform/crypto.ts'
import { bodyLength, encodeBody } from './body-encoder.ts'
import { fromHex } from './bytes.ts'
import { cfbBodyLength, encodeCfbBody } from './cfb-encoder.ts'
import { bodyDigest, digestParts, plaintextDigest, scanCommitment } from './digests.ts'
import { checkAnswer, type KeyProof, keyProofLine, parseKeyProofLine } from './key-proof.ts'
import { asSessionKey } from './session-key.ts'
import { sha256 } from './webcrypto.ts'

const sessionKey = asSessionKey(fromHex(vectors.sessionKey, 32))
const salt = fromHex(vectors.salt, 32)
const { transfer, file } = vectors

describe('openpgp vectors', () => {
  for (const vector of vectors.bodies) {
    it(`[envelope/vectors] a body of ${vector.length} octets, its digests and commitments are those of the vectors`, async () => {
      const plaintext = Uint8Array.from({ length: vector.length }, (_, i) => i % 251)
      const encoder = encodeBody({ sessionKey, salt, length: vector.length, source: inPieces(plaintext, 70_001) })
      const body = await collect(encoder)
      const digest = await bodyDigest(await digestParts(inPieces(body, 1_000_003)))
      expect({
        length: vector.length,
        bodyLength: bodyLength(vector.length),
        bodySha256: await sha256(body),
        bodyDigest: digest,
        plaintextDigest: await plaintextDigest(await digestParts(inPieces(plaintext, 999))),
        commitment: await scanCommitment({ sessionKey, transfer, file, bodyDigest: digest }),
        manifestCommitment: await scanCommitment({ sessionKey, transfer, file: 'manifest', bodyDigest: digest }),
      }).toEqual(vector)
      const opened = await decrypt({
        message: await readMessage({ binaryMessage: body }),
        sessionKeys: { data: sessionKey, algorithm: 'aes256', aeadAlgorithm: 'gcm' },
        format: 'binary',
      })
      expect(Buffer.compare(opened.data as Uint8Array, plaintext)).toBe(0)
    })
  }

  for (const vector of vectors.cfbBodies) {
    it(`[envelope/vectors] a v1-cfb body of ${vector.length} octets, its length and digest are those of the vectors`, async () => {
      const { length, name } = vector
      const plaintext = Uint8Array.from({ length }, (_, i) => i % 251)
      const source = inPieces(plaintext, 70_001)
      const salt16 = salt.subarray(0, 16)
      const body = await collect(encodeCfbBody({ sessionKey, salt: salt16, length, name, source, primitives }))
      expect({
        length,
        name,
        bodyLength: cfbBodyLength({ length, name }),
        bodySha256: await sha256(body),
        bodyDigest: await bodyDigest(await digestParts(inPieces(body, 1_000_003))),
      }).toEqual(vector)
      const message = await readMessage({ binaryMessage: body })
      const sessionKeys = { data: sessionKey, algorithm: 'aes256' } as const
      const opened = await decrypt({ message, sessionKeys, format: 'binary' })
      expect(Buffer.compare(opened.data as Uint8Array, plaintext)).toBe(0)
    })
  }

  for (const { proof, line, answer } of vectors.keyProofs) {
    it(`[envelope/vectors] the key proof line and answer for ${proof.purpose} are those of the vectors`, async () => {
      expect(keyProofLine(proof as KeyProof)).toBe(line)
      expect(parseKeyProofLine(line)).toEqual(proof)
      expect(await checkAnswer({ line, answer })).toBe(true)
    })
  }

  it('[envelope/vectors] the example in SPEC.md is what the code makes', async () => {
    const spec = await readFile(new URL('SPEC.md', import.meta.url), 'utf8')
    const [, v2 = '', v1 = '', , digests = ''] = spec.split('```\n').filter((_, i) => i === 0 || i % 2 === 1)
    const octetsOf = (block: string) => block.replace(/ {3,}.*$/gm, '').replace(/\s/g, '')
    const source = () => inPieces(new TextEncoder().encode('hello'), 2)
    const body = await collect(encodeBody({ sessionKey, salt, length: 5, source: source() }))
    expect(octetsOf(v2)).toBe(body.toHex())
    const content = { salt: salt.subarray(0, 16), length: 5, name: 'a.txt', source: source(), primitives }
    expect(octetsOf(v1)).toBe((await collect(encodeCfbBody({ sessionKey, ...content }))).toHex())
    const digest = await bodyDigest(await digestParts(inPieces(body, 10)))
    const commitment = await scanCommitment({ sessionKey, transfer, file, bodyDigest: digest })
    expect(digests.match(/[0-9a-f]{64}/g)).toEqual([
      digest,
      await plaintextDigest(await digestParts(source())),
      commitment,
    ])
  })
})
