import { describe, expect, it } from 'vitest'
import { inPieces } from '../../../tests/fixtures/streams.ts'
import { bytesOf, docx, gzip, joined, noise, odt, photo, sample, tar } from '../../../tests/fixtures/scan-samples.ts'
import { nested, zip } from '../../../tests/fixtures/zips.ts'
import { alongside } from './alongside.ts'
import { lookInto } from './look-into.ts'

const limit = 1_000_000
const text = bytesOf('minutes of the meeting '.repeat(100))

/** In pieces of one, some and many octets: where they are cut changes nothing. */
async function look(bytes: Uint8Array, name = '') {
  const sizes = bytes.length > 20_000 ? [7001, 1_000_000] : [1, 977, 1_000_000]
  const found = await Promise.all(sizes.map((size) => lookInto(inPieces(bytes, size), { name, limit })))
  expect(new Set(found.map(({ finding }) => finding)).size).toBe(1)
  return found[0]?.finding?.replace('Safehand.Unscannable.', '') ?? null
}

const letters = zip([
  { name: 'a.txt', content: text, deflated: true },
  { name: 'b.txt', content: text },
])
const inTar = tar([
  { name: 'a.txt', content: text },
  { name: 'b.docx', content: docx() },
])
const second = Buffer.from(letters).indexOf('PK\x03\x04', 4)
const between = joined(letters.slice(0, second), noise(9), letters.slice(second))
const changed = (bytes: Uint8Array, at: number, octet: number) => {
  const copy = bytes.slice()
  copy[at < 0 ? copy.length + at : at] = octet
  return copy
}

describe('[scan/last-octet] what is opened by us', () => {
  it.each([
    ['a zip', letters, 'a.zip'],
    ['an empty zip', zip([]), 'a.zip'],
    ['a Word document', docx(), 'a.docx'],
    ['an OpenDocument text', odt(), 'a.odt'],
    [
      'a zip of stored Word documents',
      zip([
        { name: 'a.docx', content: docx() },
        { name: 'b.docx', content: docx() },
      ]),
      'a.zip',
    ],
    ['a tar', inTar, 'a.tar'],
    ['a tar.gz', gzip(inTar), 'a.tar.gz'],
    ['a tgz', gzip(inTar), 'a.tgz'],
    ['a gzip', gzip(text), 'a.txt.gz'],
    ['a gzip of a bzip2', gzip(sample('text.bz2')), 'text.bz2.gz'],
    ['zips in each other', nested(text, 12), 'a.zip'],
    ['zip with bzip2 in it', sample('bzip2.zip'), 'a.zip'],
    ['zip with deflate64 in it', sample('deflate64.zip'), 'a.zip'],
  ])('[scan/last-octet] %s is looked into to its last octet', async (_, bytes, name) => {
    expect(await look(bytes, name)).toBe(null)
  })

  it.each([
    ['a zip behind a zip', joined(letters, letters), 'Zip.Trailing'],
    ['text behind a zip', joined(letters, text), 'Zip.Trailing'],
    ['a zip that is cut', letters.slice(0, -1), 'Cut'],
    ['a zip whose directory says something else', changed(letters, -6, 9), 'Zip.Malformed'],
    ['a zip with something between its members', between, 'Zip.Malformed'],
    ['a zip with a method that nobody opens', sample('ppmd.zip'), 'Zip.Method'],
    ['a zip with LZMA in it', sample('lzma.zip'), 'Zip.Method'],
    ['a zip with AES', sample('aes.zip'), 'Zip.Encrypted'],
    ['a zip with its older encryption', sample('zipcrypto.zip'), 'Zip.Encrypted'],
    ['a zip of 64 bits', zip([{ content: text, zip64: 'local' }]), 'Zip64'],
    ['a gzip behind a gzip', joined(gzip(text), gzip(text)), 'Gzip.Trailing'],
    ['zeros behind a gzip', joined(gzip(text), new Uint8Array(4)), 'Gzip.Trailing'],
    ['a gzip that is cut', gzip(text).slice(0, -9), 'Cut'],
    ['a gzip that is broken', changed(gzip(text), 10, 0xff), 'Malformed'],
    ['a tar behind a tar', joined(inTar, inTar), 'Tar.Trailing'],
    ['a tar that is cut', inTar.slice(0, 1000), 'Cut'],
    ['a tar whose sum is wrong', changed(inTar, 0, 0x62), 'Tar.Malformed'],
    ['text behind a bzip2', joined(sample('text.bz2'), text), 'Bzip2.Trailing'],
    ['a bzip2 that is cut', sample('text.bz2').slice(0, -2), 'Bzip2.Trailing'],
    ['text behind an xz', joined(sample('text.xz'), text), 'Xz.Trailing'],
    ['an xz that is cut', sample('text.xz').slice(0, -2), 'Xz.Trailing'],
    ['more zips in each other than anybody opens', nested(text, 20), 'TooDeep'],
    ['more than a scan takes', zip([{ content: new Uint8Array(limit + 1), deflated: true }]), 'TooMuch'],
  ])('[scan/last-octet] %s is not', async (_, bytes, finding) => {
    expect(await look(bytes)).toBe(finding)
    expect(await look(zip([{ name: 'in', content: bytes, deflated: true }]))).toBe(finding)
    expect(await look(gzip(bytes))).toBe(finding)
    expect(await look(tar([{ name: 'in', content: bytes }]))).toBe(finding)
  })
})

describe('[scan/types] what a file is', () => {
  it.each([
    ['a zip behind a picture', joined(photo(), letters), 'a.jpg', 'TwoFormats'],
    ['a zip behind text', joined(text, letters), 'a.txt', 'TwoFormats'],
    ['a PDF in a picture', joined(photo().slice(0, 20), bytesOf('%PDF-1.7'), photo().slice(20)), 'a.jpg', 'TwoFormats'],
    ['a script with an archive in it', joined(bytesOf('#!/bin/sh\nexit\n'), gzip(text)), 'setup.sh', 'TwoFormats'],
    ['octets called .zst', noise(400), 'a.zst', 'Zstandard.Name'],
    ['octets called .zip', noise(400), 'a.zip', 'Zip.Name'],
    ['a 7z', sample('text.7z'), 'a.7z', '7z'],
    ['a 7z called text', sample('text.7z'), 'a.txt', '7z'],
    ['an OpenPGP message', sample('passphrase.gpg'), 'a', 'OpenPGP'],
  ])('[scan/types] %s is not looked into', async (_, bytes, name, finding) => {
    expect(await look(bytes, name)).toBe(finding)
  })

  it('[scan/types] is seen, or is of no recognised type', async () => {
    const seen = async (bytes: Uint8Array) => (await lookInto(inPieces(bytes, 977), { name: '', limit })).seen
    expect(await seen(photo())).toBe('jpg')
    expect(await seen(docx())).toBe('docx')
    expect(await seen(letters)).toBe('zip')
    expect(await seen(gzip(text))).toBe('gz')
    expect(await seen(text)).toBe('text')
    expect(await seen(new Uint8Array())).toBe('empty')
    expect(await seen(noise(500))).toBe(null)
  })
})

describe('[scan/file-types] by content and name together, in archives too', () => {
  const folder = { name: 'minutes/', content: new Uint8Array() }
  it.each<[string, Uint8Array, readonly string[]]>([
    ['list.csv', text, ['csv']],
    ['list.pdf', text, ['other']],
    ['a.zip', letters, ['txt', 'zip']],
    ['a.zip', zip([folder, { name: 'minutes/a.csv', content: text }]), ['csv', 'zip']],
    ['a.zip', zip([{ name: 'a.pdf', content: photo() }]), ['other', 'zip']],
    ['a.zip', zip([{ name: 'b.zip', content: zip([{ name: 'setup.exe', content: text }]) }]), ['other', 'zip']],
    ['a.docx', docx([{ name: 'word/embeddings/a.bin', content: noise(50), deflated: true }]), ['docx']],
    ['a.zip', zip([{ name: 'a.docx', content: docx() }]), ['docx', 'zip']],
    ['a.zip', docx(), ['other']],
    ['a.docx', letters, ['other']],
    ['a.tar.gz', gzip(inTar), ['docx', 'gz', 'tar', 'txt']],
    ['a.tgz', gzip(inTar), ['docx', 'gz', 'tar', 'txt']],
    ['letter.txt.gz', gzip(text), ['gz', 'txt']],
    ['letter.gz', gzip(text), ['gz', 'other']],
    ['a.odt', odt(), ['odt']],
  ])('[scan/file-types] %s (%#)', async (name, bytes, types) => {
    const { fileTypes } = await lookInto(inPieces(bytes, 977), { name, limit })
    expect(fileTypes.toSorted()).toEqual(types)
  })
})

describe('[scan/last-octet] alongside who reads', () => {
  it('[scan/last-octet] says nothing when the stream was not read to its end', async () => {
    const whole = alongside(inPieces(letters, 50), { name: '', limit })
    for await (const _ of whole.bytes);
    expect(await whole.finish()).toEqual({ seen: 'zip', fileTypes: ['other'], finding: null })
    await whole.close()
    const part = alongside(inPieces(letters, 50), { name: '', limit })
    for await (const _ of part.bytes) break
    expect(await part.finish()).toBe(null)
    await part.close()
  })

  it('hands on what its source throws', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield letters.slice(0, 60)
      throw new Error('the body was cut')
    }
    const { bytes, close } = alongside(broken(), { name: '', limit })
    await expect(Array.fromAsync(bytes)).rejects.toThrow('the body was cut')
    await close()
  })
})
