import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ed25519Of, hex, readTlogVectors, sha256, verifyEd25519 } from '../../tests/fixtures/tlog.ts'
import {
  checkpointSignaturesBy,
  formatCheckpoint,
  parseCheckpoint,
  parseSignedCheckpoint,
  signCheckpoint,
} from './checkpoint.ts'
import { cosignaturesBy, cosignedMessage, encodeCosignature } from './cosignature.ts'
import { COSIGNATURE, ED25519, formatNote, formatVkey, parseVkey, vkeyOf } from './note.ts'

type Vector = Record<'logSeed' | 'witnessSeed' | 'logVkey' | 'witnessVkey' | 'origin' | 'root' | 'note', string> & {
  size: number
  time: number
}

const vector = readTlogVectors<Vector>('cosigned-checkpoint')
const checkpoint = { origin: vector.origin, size: vector.size, root: Buffer.from(vector.root, 'hex') }
const log = ed25519Of(Buffer.from(vector.logSeed, 'hex'))
const witness = ed25519Of(Buffer.from(vector.witnessSeed, 'hex'))
const logVkey = parseVkey(sha256, vector.logVkey)!
const witnessVkey = parseVkey(sha256, vector.witnessVkey)!
const text = vector.note.slice(0, vector.note.indexOf('\n\n') + 1)
const signed = parseSignedCheckpoint(Buffer.from(vector.note))!

describe('checkpoints', () => {
  it('[log/checkpoints] reproduces the signed and cosigned checkpoint that Go accepted, byte for byte', () => {
    expect(formatVkey(vkeyOf(sha256, { name: vector.origin, algorithm: ED25519, key: log.key }))).toBe(vector.logVkey)
    expect(formatVkey(vkeyOf(sha256, { ...witnessVkey, algorithm: COSIGNATURE, key: witness.key }))).toBe(
      vector.witnessVkey,
    )
    const ours = parseSignedCheckpoint(signCheckpoint({ checkpoint, vkey: logVkey, sign: log.sign }))!.note
    const signature = encodeCosignature({
      time: vector.time,
      signature: witness.sign(cosignedMessage(ours.text, vector.time)),
    })
    const line = { name: witnessVkey.name, keyId: witnessVkey.keyId, signature }
    const cosigned = formatNote({ ...ours, signatures: [...ours.signatures, line] })
    expect(Buffer.from(cosigned).toString()).toBe(vector.note)
  })

  it('[log/checkpoints] hands out the signatures of log and witness, which verify', () => {
    expect(formatCheckpoint(signed.checkpoint)).toBe(text)
    expect(checkpointSignaturesBy(signed, logVkey).map(verifyEd25519)).toEqual([true])
    const [cosignature, ...more] = cosignaturesBy(signed.note, witnessVkey)
    expect(more).toEqual([])
    expect(cosignature!.time).toBe(vector.time)
    expect(verifyEd25519(cosignature!)).toBe(true)
  })

  it('[log/checkpoints] is not signed any more once origin, size, root, time or signature is changed', () => {
    const changes: [string, string][] = [
      ['agreements/kat\n1000', 'agreements/kit\n1000'],
      ['\n1000\n', '\n1001\n'],
      ['\nY4r6', '\nY4r7'],
      ['h8h4FQc7', 'h8h4FQc8'],
      ['h8h4FQc7', 'h8h5FQc7'],
    ]
    for (const [from, to] of changes) {
      const changed = parseSignedCheckpoint(Buffer.from(vector.note.replace(from, to)))!
      const results = checkpointSignaturesBy(changed, logVkey).map(verifyEd25519)
      expect(results.length > 0 && results.every(Boolean), to).toBe(false)
    }
    const later = parseSignedCheckpoint(Buffer.from(vector.note.replace('AABrAiKW', 'AABrAiKX')))!
    expect(cosignaturesBy(later.note, witnessVkey).map(verifyEd25519)).toEqual([false])
  })

  it('[log/checkpoints] takes no key of another log, and no key of another kind', () => {
    const foreign = vkeyOf(sha256, { name: 'exchange.example/service', algorithm: ED25519, key: log.key })
    const line = { name: foreign.name, keyId: foreign.keyId, signature: log.sign(Buffer.from(text)) }
    const note = { text, signatures: [line] }
    expect(checkpointSignaturesBy({ checkpoint, note }, foreign)).toEqual([])
    expect(() => signCheckpoint({ checkpoint, vkey: foreign, sign: log.sign })).toThrow(RangeError)
    expect(() => signCheckpoint({ checkpoint, vkey: logVkey, sign: () => new Uint8Array(63) })).toThrow(RangeError)
    expect(cosignaturesBy(signed.note, logVkey)).toEqual([])
    expect(checkpointSignaturesBy(signed, witnessVkey)).toEqual([])
  })

  it('takes no cosignature of a wrong length', () => {
    const line = { name: witnessVkey.name, keyId: witnessVkey.keyId, signature: new Uint8Array(64) }
    expect(cosignaturesBy({ text, signatures: [line] }, witnessVkey)).toEqual([])
    expect(() => encodeCosignature({ time: -1, signature: new Uint8Array(64) })).toThrow(RangeError)
  })

  it('[log/checkpoints] comes back from its text', () => {
    const origins = fc
      .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
      .filter((origin) => !/\p{Cc}/u.test(origin))
    const roots = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(origins, fc.maxSafeNat(), roots, (origin, size, root) => {
        const parsed = parseCheckpoint(formatCheckpoint({ origin, size, root }))!
        expect([parsed.origin, parsed.size, hex(parsed.root)]).toEqual([origin, size, hex(root)])
      }),
    )
  })

  it('[log/checkpoints] has no second text: what parses is what would be written', () => {
    const edits = fc.array(
      fc.record({ at: fc.nat(), letter: fc.constantFrom(...'\n\r 0123+-=Ab'), drop: fc.boolean() }),
      { minLength: 1, maxLength: 3 },
    )
    let parsedAfterEdit = 0
    fc.assert(
      fc.property(edits, (changes) => {
        const letters = [...text]
        for (const { at, letter, drop } of changes) letters.splice(at % letters.length, drop ? 1 : 0, letter)
        const edited = letters.join('')
        const parsed = parseCheckpoint(edited)
        if (parsed === undefined) return
        parsedAfterEdit += 1
        expect(formatCheckpoint(parsed)).toBe(edited)
      }),
      { numRuns: 3000 },
    )
    expect(parsedAfterEdit).toBeGreaterThan(0)
  })

  it('[log/checkpoints] is refused when malformed, extension lines included', () => {
    const root = 'Y4r6mAIpJbrP3a2xXvIv0BmcGsmcKXO2FYJD0T/OBcI='
    expect(parseCheckpoint(`o\n0\n${root}\n`)?.size).toBe(0)
    for (const wrong of [
      '',
      `o\n1\n${root}`,
      `\n1\n${root}\n`,
      `o\n01\n${root}\n`,
      `o\n00\n${root}\n`,
      `o\n+1\n${root}\n`,
      `o\n-1\n${root}\n`,
      `o\n1.0\n${root}\n`,
      `o\n1e3\n${root}\n`,
      `o\n\n${root}\n`,
      `o\n9007199254740992\n${root}\n`,
      `o\r\n1\n${root}\n`,
      `o\n1\n${root.slice(0, -1)}\n`,
      `o\n1\n${root.replace('BcI=', 'BcJ=')}\n`,
      `o\n1\n${root.slice(4)}\n`,
      `o\n1\n ${root}\n`,
      `o\n1\n${root}\nextension\n`,
      `o\n1\n${root}\n\n`,
    ]) {
      expect(parseCheckpoint(wrong), JSON.stringify(wrong)).toBeUndefined()
    }
    for (const wrong of [
      { origin: '' },
      { origin: 'a\nb' },
      { origin: '\ud800' },
      { size: -1 },
      { size: 0.5 },
      { root: new Uint8Array(31) },
    ]) {
      expect(() => formatCheckpoint({ ...checkpoint, ...wrong })).toThrow(RangeError)
    }
  })
})
