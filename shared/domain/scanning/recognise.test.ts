import { describe, expect, it } from 'vitest'
import { endsAsZip, endsWell, typeNamed, typeSeenAs, typesIn } from './recognise.ts'
import { signatureBase, signaturesCanary } from './signatures.ts'
import { holdingTypes } from './types.ts'

const octets = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16))
/** The first form of a mark, its place filled with zeros before and behind. */
const formed = (at: number, hex: string) => {
  const form = octets(hex.replaceAll('??', '41').replaceAll(/\(([0-9a-f]+)[^)]*\)/g, '$1'))
  const bytes = new Uint8Array(at + form.length + 8)
  bytes.set(form, at)
  return bytes
}
const none = new Uint8Array()

const begins = holdingTypes.flatMap(({ type, begins = [] }) => begins.map(({ at, hex }) => ({ type, at, hex })))
const names = holdingTypes.flatMap(({ type, names }) => names.map((name) => ({ type, name })))

describe('[scan/types] types that hold or hide other content', () => {
  it.each(begins)('[scan/types] $type is known by $hex at $at', ({ type, at, hex }) => {
    const head = formed(at, hex)
    expect(typesIn({ head, tail: none }).map((one) => one.type)).toContain(type)
    expect(typesIn({ head: head.subarray(0, at + 1), tail: none }).map((one) => one.type)).not.toContain(type)
  })

  it('[scan/types] are known by their end too', () => {
    const tail = formed(0, '6b6f6c79')
    const image = new Uint8Array(512)
    image.set(tail.subarray(0, 4))
    expect(typesIn({ head: none, tail: image }).map(({ type }) => type)).toEqual(['Dmg'])
    expect(typesIn({ head: none, tail: image.subarray(1) })).toEqual([])
  })

  it('[scan/types] are known by name, however it is written, and no name belongs to two', () => {
    for (const { type, name } of names) expect(typeNamed(`Letters.${name.toUpperCase()} `)?.type, name).toBe(type)
    expect(typeNamed('letters.zst.')?.type).toBe('Zstandard')
    for (const name of ['letters.txt', 'zst', '', 'a.zst.txt', 'minutes']) expect(typeNamed(name)).toBeUndefined()
  })

  it('[scan/types] are found in what file-type calls them', () => {
    expect(typeSeenAs('docx')?.type).toBe('Zip')
    expect(typeSeenAs('Z')?.type).toBe('Compress')
    expect(typeSeenAs('jpg')).toBeUndefined()
  })

  it('[scan/types] what is none of them stays none: text, pictures, and octets by chance', () => {
    for (const hex of ['ffd8ffe0', '89504e470d0a1a0a', '68656c6c6f2c', '7b22613a', 'efbbbf6e616d65'])
      expect(typesIn({ head: octets(hex.padEnd(600, '0')), tail: none })).toEqual([])
  })
})

describe('[scan/types] ends', () => {
  it('[scan/types] a zip at the end is seen, and whether it is the very end', () => {
    const record = formed(10, `504b0506${'00'.repeat(18)}`)
    expect(endsAsZip({ tail: record, exactly: false })).toBe(true)
    expect(endsAsZip({ tail: record, exactly: true })).toBe(false)
    expect(endsAsZip({ tail: record.subarray(0, 32), exactly: true })).toBe(true)
    expect(endsAsZip({ tail: record.subarray(0, 31), exactly: false })).toBe(false)
  })

  it.each([
    ['Xz', '00000000595a', true],
    ['Xz', '595a00000000', true],
    ['Xz', '595a0000', false],
    ['Xz', '595a00', false],
    ['Bzip2', '17724538509011223344', true],
    ['Bzip2', '05dc914e14240448cd1000', true],
    ['Bzip2', '1772453850901122334455', false],
    ['Bzip2', '177245385090112233', false],
    ['Pdf', '', true],
  ])('[scan/types] %s ends well with %s: %s', (type, hex, well) => {
    expect(endsWell({ type }, { tail: octets(hex) })).toBe(well)
  })
})

describe('[scan/types] signatures for clamd', () => {
  const { 'safehand.ndb': contents = '', 'safehand.cdb': called = '' } = signatureBase

  it('[scan/types] name each type that nobody opens, by content or by name', () => {
    const lines = `${contents}${called}`.split('\n')
    for (const { type } of holdingTypes.filter(({ opened }) => opened === 'never'))
      expect(
        lines.filter((line) => line.startsWith(`Safehand.Unscannable.${type}`)),
        type,
      ).not.toEqual([])
  })

  it('[scan/types] carry a canary that tells one version from the next', () => {
    expect(contents).toContain(`Safehand.Unscannable.Canary:0:0:${Buffer.from(signaturesCanary).toString('hex')}`)
    expect(signaturesCanary).toMatch(/\d+\/\d+$/)
  })
})
