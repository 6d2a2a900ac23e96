import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inPieces } from '../../tests/fixtures/streams.ts'
import { bodyDigest, digestParts, plaintextDigest, scanCommitment } from './digests.ts'
import { asSessionKey } from './session-key.ts'

const sessionKey = asSessionKey(new Uint8Array(32).fill(7))
const transfer = 'a1'.repeat(16)
const file = 'b2'.repeat(16)

describe('digests', () => {
  it('[envelope/digests] part digests do not depend on how the bytes arrive', async () => {
    const anything = fc.uint8Array({ maxLength: 5000 })
    await fc.assert(
      fc.asyncProperty(
        anything,
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 700 }),
        async (bytes, partSize, size) => {
          const expected = await Array.fromAsync(inPieces(bytes, partSize), (part) =>
            createHash('sha256').update(part).digest('hex'),
          )
          const digests = await digestParts(inPieces(bytes, size), partSize)
          expect(digests).toEqual({ length: bytes.length, partSize, parts: expected })
        },
      ),
    )
  })

  it('[envelope/digests] a body and a plaintext of the same bytes have different digests, and every field counts', async () => {
    const digests = await digestParts(inPieces(new Uint8Array(1000), 100), 600)
    const seen = new Set([
      await bodyDigest(digests),
      await plaintextDigest(digests),
      await bodyDigest({ ...digests, length: 1001 }),
      await bodyDigest({ ...digests, partSize: 601 }),
      await bodyDigest({ ...digests, parts: digests.parts.toReversed() }),
    ])
    expect(seen.size).toBe(5)
    await expect(bodyDigest({ ...digests, length: 1201 })).rejects.toThrow(RangeError)
    await expect(bodyDigest({ ...digests, parts: ['00', '11'] })).rejects.toThrow(RangeError)
  })

  it('[envelope/digests] a commitment binds session key, transfer, file and body', async () => {
    const body = 'c3'.repeat(32)
    const seen = new Set([
      await scanCommitment({ sessionKey, transfer, file, bodyDigest: body }),
      await scanCommitment({ sessionKey: asSessionKey(new Uint8Array(32)), transfer, file, bodyDigest: body }),
      await scanCommitment({ sessionKey, transfer: file, file, bodyDigest: body }),
      await scanCommitment({ sessionKey, transfer, file: 'manifest', bodyDigest: body }),
      await scanCommitment({ sessionKey, transfer, file, bodyDigest: 'c4'.repeat(32) }),
    ])
    expect(seen.size).toBe(5)
    await expect(scanCommitment({ sessionKey, transfer, file: 'B2'.repeat(16), bodyDigest: body })).rejects.toThrow(
      RangeError,
    )
  })
})
