import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ed25519Of, hex, readTlogVectors, sha256, verifyEd25519 } from '../../tests/fixtures/tlog.ts'
import {
  COSIGNATURE,
  ED25519,
  formatNote,
  formatVkey,
  type Note,
  parseNote,
  parseVkey,
  signaturesBy,
  vkeyOf,
} from './note.ts'

const vector = readTlogVectors<{ vkey: string; text: string; note: string }>('signed-note')
const vkey = parseVkey(sha256, vector.vkey)!
const bytes = (text: string) => new TextEncoder().encode(text)
const signatureLine = vector.note.split('\n').at(-2)!

const names = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((name) => /^[^+\p{White_Space}\p{Cc}]+$/u.test(name))
const texts = fc
  .array(
    fc.string({ maxLength: 30, unit: 'grapheme' }).filter((line) => !/\p{Cc}/u.test(line)),
    { minLength: 1, maxLength: 5 },
  )
  .map((lines) => `${lines.join('\n')}\n`)
const signatures = fc.array(
  fc.record({
    name: names,
    keyId: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
  }),
  { minLength: 1, maxLength: 16 },
)
const notes: fc.Arbitrary<Note> = fc.record({ text: texts, signatures })

describe('vkeys', () => {
  it('[log/checkpoints] are read and written as C2SP signed-note does', () => {
    expect(vkey).toMatchObject({ name: 'example.com/foo', algorithm: ED25519 })
    expect(hex(vkey.keyId)).toBe('530d903a')
    expect(formatVkey(vkey)).toBe(vector.vkey)
    expect(formatVkey(vkeyOf(sha256, vkey))).toBe(vector.vkey)
  })

  it('[log/checkpoints] are refused in every other form', () => {
    const [name, id, key] = vector.vkey.split(/\+(.{8})\+/) as [string, string, string]
    for (const wrong of [
      '',
      `${name}+${id}`,
      `+${id}+${key}`,
      `${name}+530d903b+${key}`,
      `${name}+${id.toUpperCase()}+${key}`,
      `${name} +${id}+${key}`,
      `${name}\0+${id}+${key}`,
      `${name}+${id}+${key}=`,
      `${name}+${id}+ ${key}`,
      `${name}+${id}+${key}\n`,
      `${name}+${id}+${key.slice(0, -4)}`,
      `other+${id}+${key}`,
      `${name}+${id}+${Buffer.concat([Buffer.of(2), vkey.key]).toString('base64')}`,
    ]) {
      expect(parseVkey(sha256, wrong), wrong).toBeUndefined()
    }
    expect(() => vkeyOf(sha256, { name: 'a b', algorithm: ED25519, key: vkey.key })).toThrow(RangeError)
    expect(() => vkeyOf(sha256, { name: 'a', algorithm: ED25519, key: vkey.key.subarray(1) })).toThrow(RangeError)
  })

  it('[log/checkpoints] come back from their text', () => {
    fc.assert(
      fc.property(
        names,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom(ED25519, COSIGNATURE),
        (name, key, algorithm) => {
          const text = formatVkey(vkeyOf(sha256, { name, algorithm, key }))
          const parsed = parseVkey(sha256, text)!
          expect([parsed.name, parsed.algorithm, hex(parsed.key), formatVkey(parsed)]).toEqual([
            name,
            algorithm,
            hex(key),
            text,
          ])
        },
      ),
    )
  })
})

describe('signed notes', () => {
  it('[log/checkpoints] hand out the signature of the C2SP example, which verifies', () => {
    const note = parseNote(bytes(vector.note))!
    expect(note.text).toBe(vector.text)
    const [signature, ...more] = signaturesBy(note, vkey)
    expect(more).toEqual([])
    expect(verifyEd25519(signature!)).toBe(true)
    expect(verifyEd25519({ ...signature!, message: bytes('This is another message.\n') })).toBe(false)
    expect(Buffer.from(formatNote(note)).toString()).toBe(vector.note)
  })

  it('[log/checkpoints] come back from their bytes', () => {
    fc.assert(
      fc.property(notes, (note) => {
        const parsed = parseNote(formatNote(note))!
        const flat = ({ text, signatures }: Note) => [
          text,
          ...signatures.flatMap((line) => [line.name, hex(line.keyId), hex(line.signature)]),
        ]
        expect(flat(parsed)).toEqual(flat(note))
      }),
    )
  })

  it('[log/checkpoints] have no second encoding: what parses is what would be written', () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(),
        byte: fc.constantFrom(...Buffer.from('\n\r\t =+-AB\0\u2014\ufeff')),
        drop: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    )
    let parsedAfterEdit = 0
    fc.assert(
      fc.property(notes, edits, (note, changes) => {
        const edited = [...formatNote(note)]
        for (const { at, byte, drop } of changes) edited.splice(at % edited.length, drop ? 1 : 0, byte)
        const parsed = parseNote(Uint8Array.from(edited))
        if (parsed === undefined) return
        parsedAfterEdit += 1
        expect(hex(formatNote(parsed))).toBe(hex(Uint8Array.from(edited)))
      }),
      { numRuns: 2000 },
    )
    expect(parsedAfterEdit).toBeGreaterThan(0)
  })

  it('[log/checkpoints] are refused when malformed', () => {
    const many = (count: number) => `${vector.text}\n${`${signatureLine}\n`.repeat(count)}`
    expect(parseNote(bytes(many(16)))?.signatures).toHaveLength(16)
    const encoded = signatureLine.split(' ')[2]!
    for (const wrong of [
      '',
      '\n',
      vector.text,
      `${vector.text}\n`,
      vector.note.slice(0, -1),
      vector.note.replace('\n\n', '\n'),
      `${vector.note}\n`,
      vector.note.replace('is an', 'is\0an'),
      vector.note.replace('is an', 'is\tan'),
      vector.note.replaceAll('\n', '\r\n'),
      vector.note.replace('—', '-'),
      vector.note.replace('foo Uw', 'foo  Uw'),
      vector.note.replace('foo Uw', 'f+o Uw'),
      vector.note.replace('foo Uw', 'f\u00a0o Uw'),
      vector.note.replace('aQM=', 'aQN='),
      vector.note.replace('aQM=', 'aQM'),
      vector.note.replace(encoded, 'Uw2QOg=='),
      `${vector.text}\n${signatureLine}\nnot a signature\n`,
      many(17),
    ]) {
      expect(parseNote(bytes(wrong)), JSON.stringify(wrong)).toBeUndefined()
    }
    expect(parseNote(Buffer.concat([Buffer.of(0xff), bytes(vector.note)]))).toBeUndefined()
    expect(parseNote(Buffer.concat([Buffer.of(0xc0, 0xaf), bytes(vector.note)]))).toBeUndefined()
  })

  it('keep a byte order mark in the text, where the signature covers it', () => {
    expect(parseNote(bytes(`\ufeff${vector.note}`))?.text).toBe(`\ufeff${vector.text}`)
  })

  it('are not written when nobody could read them back', () => {
    const note = parseNote(bytes(vector.note))!
    const [line] = note.signatures
    for (const wrong of [
      { ...note, signatures: [] },
      { ...note, text: 'no newline' },
      { ...note, text: '' },
      { ...note, text: 'a\tb\n' },
      { ...note, text: '\ud800\n' },
      { ...note, signatures: [{ ...line!, name: 'a b' }] },
      { ...note, signatures: [{ ...line!, name: 'a AAAAAAAA\n— b' }] },
      { ...note, signatures: [{ ...line!, keyId: line!.keyId.subarray(1) }] },
      { ...note, signatures: Array.from({ length: 17 }, () => line!) },
    ]) {
      expect(() => formatNote(wrong), JSON.stringify(wrong)).toThrow(RangeError)
    }
  })

  it('[log/checkpoints] take name and key id together: either alone is another key', () => {
    const note = parseNote(bytes(vector.note))!
    expect(signaturesBy(note, { ...vkey, name: 'example.com/bar' })).toEqual([])
    expect(signaturesBy(note, { ...vkey, keyId: Uint8Array.of(1, 2, 3, 4) })).toEqual([])
    expect(signaturesBy(note, { ...vkey, algorithm: COSIGNATURE })).toEqual([])
  })

  it('[log/checkpoints] count as unsigned by a key when one of its signatures has a wrong length', () => {
    const { key, sign } = ed25519Of(new Uint8Array(32).fill(3))
    const { name, keyId } = vkeyOf(sha256, { name: 'log', algorithm: ED25519, key })
    const signature = sign(bytes(vector.text))
    const note = (second: Uint8Array) => ({
      text: vector.text,
      signatures: [signature, second].map((one) => ({ name, keyId, signature: one })),
    })
    const pinned = vkeyOf(sha256, { name, algorithm: ED25519, key })
    expect(signaturesBy(note(signature), pinned).map(verifyEd25519)).toEqual([true, true])
    expect(signaturesBy(note(signature.subarray(1)), pinned)).toEqual([])
  })
})
