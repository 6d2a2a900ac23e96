// What a scanner cannot look into, at every depth, and what is too large for it, over real clamd
// (ARCHITECTURE.md#verdict): never clean, never infected. A clamd with a limit of 10 MiB stands for limits and bombs,
// small windows for files of more than 2,047 MiB.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { scanStream } from '#platform/clamd.ts'
import { type Services, startServices } from '../../../scripts/services.ts'
import { bytesOf as text, eicar, eml } from '../../fixtures/scan-samples.ts'
import { scanEncrypted } from '../../fixtures/scanned-file.ts'
import { inPieces } from '../../fixtures/streams.ts'
import { nested, zip } from '../../fixtures/zips.ts'

const { clamd } = inject('services')
const MiB = 1024 * 1024

async function scan(bytes: Uint8Array, at: typeof clamd = clamd): Promise<string> {
  const result = await scanStream({ clamd: at, bytes: inPieces(bytes, 65_536) })
  return result.verdict === 'clean' || result.verdict === 'error' ? result.verdict : `${result.verdict} ${result.name}`
}

describe('[scan/unscannable] EICAR', () => {
  it.each([
    ['plain', eicar],
    ['in a zip', zip([{ content: text('harmless') }, { content: eicar }])],
    ['deflated in a zip', zip([{ content: eicar, deflated: true }])],
    ['in a zip in a zip', nested(eicar, 2)],
    ['sixteen zips deep', nested(eicar, 16)],
  ])('[scan/unscannable] %s is infected', async (_, bytes) => {
    expect(await scan(bytes)).toBe('infected Eicar-Test-Signature')
  })

  it('[scan/unscannable] is the difference: the same zip without it is clean', async () => {
    expect(await scan(zip([{ content: text('harmless') }]))).toBe('clean')
  })
})

describe('[scan/unscannable] archives that cannot be looked into', () => {
  const local64 = zip([{ content: eicar, zip64: 'local' }])
  const central64 = zip([{ content: text('harmless'), zip64: 'central' }])
  const locator = zip([{ content: text('harmless') }], { locator: true })
  const encrypted = zip([{ content: eicar, encrypted: true }])
  const zip64 = /^unscannable Safehand\.Unscannable\.Zip64\./
  const locked = 'unscannable Heuristics.Encrypted.Zip'

  it.each([
    ['zip64 in a local header, around EICAR', local64, zip64],
    ['zip64 in the central directory', central64, zip64],
    ['zip64 by its locator', locator, zip64],
    ['an encrypted zip', encrypted, locked],
    ['more archives in each other than clamd opens', nested(eicar, 20), /Limits\.Exceeded\.MaxRecursion$/],
  ])('[scan/unscannable] %s is unscannable', async (_, bytes, finding) => {
    expect(await scan(bytes)).toMatch(finding)
  })

  it.each([
    ['zip64 in a local header', local64, zip64],
    ['zip64 by its locator', locator, zip64],
    ['an encrypted zip', encrypted, locked],
  ])('[scan/unscannable] %s is unscannable in another zip too, stored and deflated', async (_, content, finding) => {
    for (const deflated of [false, true]) expect(await scan(zip([{ content, deflated }]))).toMatch(finding)
  })

  it('[scan/unscannable] more files than clamd opens is unscannable', async () => {
    const members = Array.from({ length: 10_100 }, (_, index) => ({ content: text(`file ${index}`) }))
    expect(await scan(zip(members))).toMatch(/Limits\.Exceeded\.MaxFiles$/)
  })
})

describe('[scan/unscannable] sizes', () => {
  let small: Services<'clamd'>
  beforeAll(async () => {
    small = await startServices({
      directory: '.run/small-clamd',
      only: ['clamd'],
      ignoreSettings: true,
      largestMib: 10,
    })
  })
  afterAll(() => small?.stop())

  const zeros = (mib: number) => ({ content: new Uint8Array(mib * MiB), deflated: true })
  const bomb = zip([zeros(30)])
  const tooLarge = 'unscannable Safehand.Unscannable.TooLarge'
  const lying = bomb.slice()
  new DataView(lying.buffer).setUint32(22, 5, true)

  it.each([
    ['a file of the limit', new Uint8Array(10 * MiB), 'clean'],
    ['a file one octet larger', new Uint8Array(10 * MiB + 1), tooLarge],
    ['a file that is larger still', new Uint8Array(11 * MiB), /Limits\.Exceeded\.MaxFileSize$/],
    ['an archive within it', zip([zeros(4), zeros(4), zeros(4)]), 'clean'],
    ['a member of the limit', zip([zeros(10)]), 'clean'],
    [
      'an archive of small files, four times as large in all',
      zip(Array.from({ length: 11 }, () => zeros(4))),
      /Limits\.Exceeded\.MaxScanSize$/,
    ],
    ['a member larger than clamd reads, which it cuts off', bomb, tooLarge],
    ['the same, lying about its size', lying, tooLarge],
    ['the same in another archive', zip([{ content: bomb }]), tooLarge],
    ['the same in a message', eml(bomb, 'a.zip'), tooLarge],
  ])('[scan/unscannable] %s', async (_, bytes, finding) => {
    expect(await scan(bytes, small.clamd)).toMatch(finding)
  })
})

describe('[scan/unscannable] files that are too large for one stream', () => {
  const windows = { largest: 2 * MiB, size: MiB, overlap: 40 }
  const step = windows.size - windows.overlap

  /** Lines, 5 MiB of them, with something else at one place. */
  function lines(other: Uint8Array = new Uint8Array(), at = 0): Uint8Array {
    const bytes = new Uint8Array(Buffer.alloc(5 * MiB, 'name,number,street; Grüße\n'))
    bytes.set(other, at)
    return bytes
  }

  async function scanLarge(plaintext: Uint8Array, mediaType: string | undefined) {
    const scanned = await scanEncrypted({ clamd, windows }, { plaintext, name: null, mediaType })
    expect(scanned.plaintext?.length).toBe(plaintext.length)
    return scanned.result
  }

  it('[scan/text-windows] flat text is scanned in windows, to its last octet', async () => {
    expect(await scanLarge(lines(), 'text/csv')).toEqual({ verdict: 'clean' })
  })

  it.each([
    ['where the second window begins, over the end of the first', step],
    ['where the last window begins', 4 * step],
    ['at the very beginning', 0],
  ])('[scan/unscannable] EICAR is found %s', async (_, at) => {
    expect(await scanLarge(lines(eicar, at), 'text/plain')).toMatchObject({ verdict: 'infected' })
  })

  it.each([
    ['a NUL', new Uint8Array([0]), 3 * MiB],
    ['what is not UTF-8', new Uint8Array([0xff]), 0],
    ['a character that is cut off at the end', new Uint8Array([0xc3]), 5 * MiB - 1],
    ['a zip', zip([{ content: eicar }]), step - 20],
  ])('[scan/unscannable] %s in it makes it unscannable', async (_, other, at) => {
    const result = await scanLarge(lines(other, at), 'text/csv')
    expect(result).toEqual({ verdict: 'unscannable', name: 'Safehand.Unscannable.NotText' })
  })

  it.each(['application/zip', undefined])('[scan/unscannable] another type is unscannable: %s', async (mediaType) => {
    const result = await scanLarge(lines(), mediaType)
    expect(result).toEqual({ verdict: 'unscannable', name: 'Safehand.Unscannable.TooLarge' })
  })
})
