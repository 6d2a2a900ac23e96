import { describe, expect, it } from 'vitest'
import type { BodyEntry } from '#domain/transfers/documents/dispatch-note.ts'
import type { FileId, Sha256Hex } from '#domain/values.ts'
import { judgeFile, noCommitment } from './judge-file.ts'
import type { ScannedFile } from './scan-file.ts'

const file = '01'.repeat(16) as FileId
const digest = 'aa'.repeat(32) as Sha256Hex
const commitment = 'bb'.repeat(32) as Sha256Hex
const other = 'cc'.repeat(32) as Sha256Hex

const attested: BodyEntry = { id: file, length: 100, bodyDigest: digest, partSize: 8_388_608, commitment, keySet: 0 }

const clean: ScannedFile = {
  file,
  body: { length: 100, digest },
  plaintext: { length: 40, digest: other, sha256: null },
  beginning: new Uint8Array(),
  result: { verdict: 'clean' },
  looked: { seen: null, fileTypes: ['other'], finding: null },
}

const judge = (scanned: Partial<ScannedFile>, recomputed: Sha256Hex | null = commitment) => {
  const verdict = judgeFile({ scanned: { ...clean, ...scanned }, attested, commitment: recomputed, engine: 'clamd' })
  return `${verdict.verdict} ${verdict.finding}`
}

describe('[scan/verdicts] the verdict on one file', () => {
  it('[scan/verdicts] is clean only when body and commitment are those of the note', () => {
    expect(judge({})).toBe('clean null')
    expect(judge({ body: { length: 100, digest: other } })).toBe('unscannable Safehand.Body.Altered')
    expect(judge({ body: { length: 99, digest } })).toBe('unscannable Safehand.Body.Altered')
    expect(judge({}, other)).toBe('unscannable Safehand.Commitment.Wrong')
  })

  it('[scan/unscannable] is clean only when what it holds was opened, to its last octet', () => {
    const finding = 'Safehand.Unscannable.Zip.Trailing'
    expect(judge({ looked: { seen: 'zip', fileTypes: ['other'], finding } })).toBe(`unscannable ${finding}`)
    expect(judge({ looked: null })).toBe('unscannable Safehand.Unscannable.NotRead')
    expect(
      judge({ looked: { seen: 'zip', fileTypes: ['other'], finding }, result: { verdict: 'infected', name: 'Eicar' } }),
    ).toBe('infected Eicar')
  })

  it('[scan/verdicts] is infected whatever else is wrong', () => {
    const result = { verdict: 'infected', name: 'Eicar' } as const
    expect(judge({ result })).toBe('infected Eicar')
    expect(judge({ result, body: { length: 1, digest: other } }, other)).toBe('infected Eicar')
  })

  it('says what was read, and the finding in one printable line', () => {
    const result = { verdict: 'unscannable', name: `a\nb\u202ec${'x'.repeat(300)}` } as const
    const scanned = { ...clean, plaintext: null, result }
    const verdict = judgeFile({ scanned, attested, commitment: null, engine: 'clamd' })
    expect(verdict).toMatchObject({
      file,
      typeSeen: null,
      bodyDigest: digest,
      commitment: noCommitment,
      verdict: 'unscannable',
    })
    expect(verdict.finding).toMatch(/^a\?b\?cx+$/)
    expect(verdict.finding).toHaveLength(100)
  })
})
