// Clean means looked into (ARCHITECTURE.md#verdict): every type that holds or hides other content, plain, encrypted, with
// methods that nobody opens, twice in one file, cut; and ordinary files, for which a false refusal is a failure. The whole
// way of one file: encrypted, decrypted, walked, and read by a real clamd.
import { deflateSync } from 'node:zlib'
import { describe, expect, inject, it } from 'vitest'
import { generateKey } from '#openpgp/keys.ts'
import { systemClock } from '#platform/clock.ts'
import * as made from '../../fixtures/scan-samples.ts'
import { verdictBy } from '../../fixtures/scanned-file.ts'
import { nested, zip } from '../../fixtures/zips.ts'

const { bytesOf, docx, eicar, joined, photo, sample } = made
const { clamd } = inject('services')

const verdictOn = (name: string, plaintext: Uint8Array) => verdictBy(clamd, { name, plaintext })

const found = 'infected Eicar-Test-Signature'
const letter = bytesOf('Dear colleague, the list is attached. '.repeat(40))
const virus = joined(eicar, bytesOf('b'.repeat(1500)))
const packed = (content: Uint8Array, name = 'member') => zip([{ name, content, deflated: true }])

const { certificate, privateKey } = await generateKey({
  ...{ name: 'Ana Adams', email: 'ana@council.example' },
  ...{ at: systemClock.now(), expiresAfterSeconds: null },
})
const armor = (what: string, bytes: Uint8Array) => {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return bytesOf(`-----BEGIN PGP ${what}-----\n\n${lines.join('\n')}\n=njUN\n-----END PGP ${what}-----\n`)
}
const armored = armor('PUBLIC KEY BLOCK', certificate)
const documents = zip([
  { name: 'a.docx', content: docx() },
  { name: 'b.docx', content: docx() },
])

describe('[scan/corpus] ordinary files are clean', () => {
  it.each<[string, Uint8Array]>([
    ['minutes.txt', letter],
    ['empty.txt', new Uint8Array()],
    ['list.csv', bytesOf('name,number\nGr\xfc\xdfe,3\n'.repeat(100))],
    ['page.html', bytesOf('<!doctype html><p>text</p>')],
    ['letter.docx', docx()],
    ['letter.odt', made.odt()],
    ['letter.doc', made.doc()],
    ['sheet.xls', made.xls()],
    ['document with an attached document.pdf', made.pdf(docx())],
    [
      'documents.zip',
      zip([
        { name: 'a.docx', content: docx() },
        { name: 'b.docx', content: docx() },
      ]),
    ],
    [
      'documents.tar.gz',
      made.gzip(
        made.tar([
          { name: 'a.docx', content: docx() },
          { name: 'b.txt', content: letter },
        ]),
      ),
    ],
    ['letter.txt.gz', sample('text.gz')],
    ['letter.txt.bz2', sample('text.bz2')],
    ['letter.txt.xz', sample('text.xz')],
    ['message.eml', made.eml(docx())],
    ['message.msg', made.msg(docx())],
    ['photo.jpg', photo()],
    ['photo with a trailer.jpg', joined(photo(), bytesOf('SEFH'), made.noise(3000), bytesOf('SEFT'))],
    ['photo with a film.jpg', joined(photo(), made.film(5000))],
    ['photos.zip', zip([{ name: 'a.jpg', content: photo() }])],
    ['setup.exe', made.selfExtractor(letter)],
    ['film.mp4', made.film(16_000_000)],
    ['random', made.noise(16_000_000)],
    ['random with the mark of a zip', joined(made.noise(50_000), bytesOf('PK\x03\x04'), made.noise(50_000))],
    ['signed in clear.asc', sample('text.asc')],
    ['signature.sig', sample('text.sig')],
    ['signature.pgp', sample('text.sig')],
    ['certificate.pgp', certificate],
    ['certificate.asc', armored],
    ['certificate.gpg', armored],
    ['certificates.pgp', joined(certificate, certificate)],
    ['certificates.zip', packed(certificate, 'certificate.pgp')],
    ['message.eml', made.eml(armored, 'certificate.pgp')],
    ['message.eml', made.eml(packed(letter), 'a.zip')],
    ['message.msg', made.msg(packed(letter))],
    ['message.msg', made.msg(documents)],
    ['document.pdf', made.pdf(documents)],
    ['message.eml', made.eml(documents, 'documents.zip')],
    ['signature.p7s', sample('detached.p7s')],
    ['certificates.p7b', sample('certificates.p7b')],
    ['certificates.p7c', sample('certificates.p7b')],
    ['certificates.pem', sample('certificates.pem')],
    ['signed message.eml', sample('signed-mail.eml')],
    ['a message and its signature.zip', zip([{ content: letter }, { name: 's.p7s', content: sample('detached.p7s') }])],
    ['letter.rtf', bytesOf('{\\rtf1\\ansi Dear all\\par}')],
    ['database.sqlite', joined(bytesOf('SQLite format 3\0'), new Uint8Array(4080))],
    ['message with a program.eml', made.eml(made.selfExtractor(letter), 'setup.exe')],
  ])('[scan/corpus] %s', async (name, bytes) => {
    expect(await verdictOn(name, bytes)).toBe('clean')
  })
})

describe('[scan/unscannable] what clamd opens is opened: EICAR in it', () => {
  it.each<[string, Uint8Array]>([
    ['a.zip', sample('stored.zip')],
    ['a.zip', sample('deflate.zip')],
    ['a.zip', sample('deflate64.zip')],
    ['a.zip', sample('bzip2.zip')],
    ['a.gz', sample('eicar.gz')],
    ['a.bz2', sample('eicar.bz2')],
    ['a.xz', sample('eicar.xz')],
    ['a.tar', made.tar([{ name: 'a', content: virus }])],
    ['a.tgz', made.gzip(made.tar([{ name: 'a', content: virus }]))],
    ['a.docx', docx([{ name: 'word/embeddings/a.bin', content: virus, deflated: true }])],
    ['a.pdf', made.pdf(virus)],
    ['a.eml', made.eml(virus)],
    ['a.eml', made.eml(packed(virus), 'a.zip')],
    ['a.msg', made.msg(virus)],
    ['a.msg', made.msg(packed(virus))],
    ['setup.exe', made.selfExtractor(virus)],
    ['a.zip', nested(virus, 12)],
  ])('[scan/unscannable] %s (%#)', async (name, bytes) => {
    expect(await verdictOn(name, bytes)).toBe(found)
  })
})

const locked = 'unscannable Office.Encrypted'
const never: readonly (readonly [string, Uint8Array, string])[] = [
  ['sheet.xlsx', made.lockedOffice('agile'), locked],
  ['letter.docx', made.lockedOffice('standard'), locked],
  ['sheet.xls', made.xls({ locked: true }), locked],
  ['letter.doc', made.doc({ locked: true }), locked],
  ['letter.odt', made.odt('<manifest:encryption-data manifest:checksum="x"/>'), 'unscannable OpenDocument.Encrypted'],
  ['text.7z', sample('text.7z'), 'unscannable 7z'],
  ['encrypted.7z', sample('encrypted.7z'), 'unscannable'],
  ['encrypted-names.7z', sample('encrypted-names.7z'), 'unscannable'],
  ['deflate.7z', sample('deflate.7z'), 'unscannable 7z'],
  ['bcj2.7z', sample('bcj2.7z'), 'unscannable 7z'],
  ['ppmd.zip', sample('ppmd.zip'), 'unscannable Zip.Method'],
  ['lzma.zip', sample('lzma.zip'), 'unscannable Zip.Method'],
  ['xz.zip', sample('xz.zip'), 'unscannable Zip.Method'],
  ['aes.zip', sample('aes.zip'), 'unscannable'],
  ['zipcrypto.zip', sample('zipcrypto.zip'), 'unscannable'],
  ['eicar.zst', sample('eicar.zst'), 'unscannable Zstandard'],
  ['text.zst', sample('text.zst'), 'unscannable Zstandard'],
  ['eicar.lz4', sample('eicar.lz4'), 'unscannable Lz4'],
  ['eicar.lzma', sample('eicar.lzma'), 'unscannable Lzma'],
  ['eicar.ar', sample('eicar.ar'), 'unscannable Ar'],
  ['eicar.wim', sample('eicar.wim'), 'unscannable Wim'],
  ['passphrase.gpg', sample('passphrase.gpg'), 'unscannable OpenPGP'],
  ['passphrase.asc', sample('passphrase.asc'), 'unscannable OpenPGP'],
  ['key.gpg', sample('key.gpg'), 'unscannable OpenPGP'],
  ['secret', sample('openssl.enc'), 'unscannable OpenSSL'],
  ['secret', sample('enveloped.p7m'), 'unscannable Cms'],
  ['secret', sample('signed.p7m'), 'unscannable Cms'],
  ['message.eml', sample('enveloped.eml'), 'unscannable Cms'],
  ['envelope.pem', sample('enveloped.pem'), 'unscannable Cms'],
  ['envelope.pem', sample('opaque.pem'), 'unscannable Cms'],
  ['list.pdf', made.pdf(letter, { trailer: `/Encr#79pt << /Filter /Standard /V 2 /R 3 >> ` }), 'Pdf.Encrypted'],
  ['list.pdf', made.pdf(letter, { trailer: `/#45ncr#79p#74 9 0 R ` }), 'Pdf.Encrypted'],
  ['list.pdf', made.pdf(virus, { filter: '/Filter /BrotliDecode', packed: made.noise(80) }), 'Pdf.Filter'],
  ['list.pdf', made.pdf(virus, { filter: '/Filter 6 0 R', sixth: '/FlateDecode' }), 'Pdf.Filter'],
  ['list.pdf', made.pdf(virus, { filter: '/Filter [6 0 R]', sixth: '/FlateDecode' }), 'Pdf.Filter'],
  ['letter.fodt', bytesOf('<office:document><office:binary-data>UEsDBA==</office:binary-data>'), 'FlatDocument'],
  ['letter.xml', bytesOf('<pkg:package><pkg:binaryData>UEsDBA==</pkg:binaryData></pkg:package>'), 'FlatDocument'],
  ['cases', joined(bytesOf('\0\x01\0\0Standard ACE DB\0'), new Uint8Array(4000)), 'unscannable Access'],
  ['disk', joined(new Uint8Array(510), Uint8Array.of(0x55, 0xaa), made.noise(2000)), 'unscannable Disk'],
  ['disk', joined(new Uint8Array(1024), bytesOf('H+\0\x04'), made.noise(2000)), 'unscannable Disk'],
  ['odd', joined(bytesOf('MSCF\0\0\0\x01'), made.noise(400)), 'unscannable Cab'],
  ['secret', joined(bytesOf('scrypt\0\x0e'), made.noise(200)), 'unscannable Scrypt'],
  ['page', bytesOf('WARC/1.1\r\nWARC-Type: response\r\n\r\n'), 'unscannable Warc'],
  ['page.mso', joined(bytesOf('ActiveMime'), new Uint8Array(40), deflateSync(virus)), 'unscannable ActiveMime'],
  ['post', bytesOf('=ybegin line=128 size=68 name=a.com\r\n'), 'unscannable YEnc'],
  ['half.eml', bytesOf('From: a@b.example\r\nContent-Type: message/partial; id="1"; number=1\r\n\r\nx'), 'PartialMail'],
  ['order.xml', bytesOf('<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>'), 'XmlEncrypted'],
  ['part', joined(bytesOf('PK00'), packed(virus)), 'unscannable Zip.Spanned'],
  ['odd', joined(bytesOf('xar!\0\x40\0\x01'), made.noise(100)), 'unscannable Xar'],
  ['old', bytesOf('(This file must be converted with BinHex 4.0)\n:"'), 'unscannable BinHex'],
]

describe('[scan/unscannable] what nobody opens is never clean', () => {
  it.each(never)('[scan/unscannable] %s', async (name, bytes, verdict) => {
    expect(await verdictOn(name, bytes)).toContain(verdict)
  })

  it.each(never)('[scan/unscannable] %s in a zip, a tar.gz, a message and a PDF', async (_, bytes) => {
    const around = {
      'a.zip': packed(bytes),
      'b.zip': zip([{ content: bytes }]),
      'a.tar.gz': made.gzip(made.tar([{ name: 'member', content: bytes }])),
      'a.msg': made.msg(bytes),
      'a.eml': made.eml(bytes, 'member'),
      'a.pdf': made.pdf(bytes),
    }
    for (const [name, outer] of Object.entries(around))
      expect(await verdictOn(name, outer), name).toMatch(/^unscannable/)
  })

  it.each([
    ['signed around its content by GnuPG', 'a', sample('signed.gpg'), 'OpenPGP'],
    ['the same in a zip', 'a.zip', packed(sample('signed-eicar.gpg')), 'OpenPGP'],
    ['a name that says archive in a zip', 'a.zip', packed(made.noise(200), 'letters.7z'), '7z.Name'],
    ['a zlib stream, which has no mark', 'a', deflateSync(virus), 'Zlib'],
    ['the same in a zip', 'a.zip', packed(deflateSync(virus)), 'Zlib'],
    ['a name that says encrypted', 'letters.gpg', made.noise(200), 'OpenPGP.Name'],
  ])('[scan/unscannable] %s', async (_, name, bytes, finding) => {
    expect(await verdictOn(name, bytes)).toBe(`unscannable ${finding}`)
  })
})

describe('[scan/types] what is called as an OpenPGP message is, and is none', () => {
  const message = sample('key.gpg')
  it.each([
    ['a private key', privateKey],
    ['an armored message', armor('MESSAGE', message)],
    ['a message that its armor calls a certificate', armor('PUBLIC KEY BLOCK', message)],
    ['a message behind a certificate', joined(certificate, message)],
    ['something behind a certificate', joined(certificate, letter)],
    ['something behind an armored one', joined(armored, letter)],
    ['a certificate that is cut', certificate.slice(0, -1)],
  ])('[scan/types] %s called .pgp is not clean', async (_, bytes) => {
    expect(await verdictOn('certificate.pgp', bytes)).toMatch(/^unscannable/)
    expect(await verdictOn('a.zip', packed(bytes, 'certificate.pgp'))).toMatch(/^unscannable/)
  })
})

describe('[scan/last-octet] two kinds, or two archives, in one file inside others', () => {
  const two = joined(packed(letter), packed(virus))
  const plain = joined(packed(letter), packed(letter))
  const twoInOne: readonly (readonly [string, Uint8Array])[] = [
    ['two zips', two],
    ['two zips without a virus', plain],
    ['a zip in a picture', joined(photo(), packed(letter))],
    ['a PDF in a picture', joined(photo().slice(0, 20), bytesOf('%PDF-1.7'), photo().slice(20))],
    ['a zip behind a PDF', joined(made.pdf(letter), packed(letter))],
    ['a zip behind text', joined(letter, packed(letter))],
    ['a zip behind an older Office file', joined(made.doc(), packed(letter))],
    ['a zip without its directory', packed(virus).slice(0, Buffer.from(packed(virus)).indexOf('PK\x01\x02'))],
    ['a gzip behind a zip', joined(packed(letter), sample('text.gz'))],
    ['a program behind a zip', joined(packed(letter), made.selfExtractor(letter))],
    ['two gzips', joined(sample('text.gz'), sample('text.gz'))],
    ['two bzip2', joined(sample('text.bz2'), sample('text.bz2'))],
    ['two xz', joined(sample('text.xz'), sample('text.xz'))],
    ['a script that unpacks itself', joined(bytesOf('#!/bin/sh\nexit\n'), sample('text.gz'))],
  ]
  const inside = (bytes: Uint8Array) => ({
    'a.eml': made.eml(bytes, 'member'),
    'a.pdf': made.pdf(bytes),
    'a.zip': packed(made.eml(bytes, 'member'), 'a.eml'),
    'a.tar.gz': made.gzip(made.tar([{ name: 'a.pdf', content: made.pdf(bytes) }])),
    'b.eml': made.eml(made.pdf(bytes), 'a.pdf'),
  })
  it.each(twoInOne)('[scan/last-octet] %s', async (_, bytes) => {
    for (const [name, outer] of Object.entries({ member: bytes, ...inside(bytes) }))
      expect(await verdictOn(name, outer), name).not.toBe('clean')
  })

  it('[scan/last-octet] inside an older Office file or Outlook message every zip is found, wherever it stands', async () => {
    expect(await verdictOn('a.msg', made.msg(two))).not.toBe('clean')
    expect(await verdictOn('a.eml', made.eml(made.msg(two), 'a.msg'))).not.toBe('clean')
  })
})

describe('[scan/last-octet] two in one file, and what is cut', () => {
  it.each<[string, Uint8Array]>([
    ['a.zip', joined(packed(letter), packed(virus))],
    ['a.zip', joined(packed(virus), packed(letter))],
    ['a.gz', joined(sample('text.gz'), sample('eicar.gz'))],
    ['a.bz2', joined(sample('text.bz2'), sample('eicar.bz2'))],
    ['a.xz', joined(sample('text.xz'), sample('eicar.xz'))],
    ['a.tar', joined(made.tar([{ name: 'a', content: letter }]), made.tar([{ name: 'b', content: virus }]))],
    ['a.jpg', joined(photo(), packed(virus))],
    ['a.jpg', joined(photo(), sample('lzma.7z'))],
    ['a.pdf', joined(made.pdf(letter), packed(virus))],
    ['setup.sh', joined(bytesOf('#!/bin/sh\nexit\n'), sample('eicar.gz'))],
    ['a.zip', packed(letter).slice(0, -30)],
    ['a.gz', sample('text.gz').slice(0, -3)],
    ['a.bz2', sample('text.bz2').slice(0, -3)],
    ['a.xz', sample('text.xz').slice(0, -3)],
    ['a.tar', made.tar([{ name: 'a', content: letter }]).slice(0, 900)],
    ['a.7z', sample('text.7z').slice(0, -3)],
  ])('[scan/last-octet] %s (%#)', async (name, bytes) => {
    expect(await verdictOn(name, bytes)).not.toBe('clean')
    expect(await verdictOn('outer.zip', packed(bytes, name))).not.toBe('clean')
    expect(await verdictOn('outer.tar.gz', made.gzip(made.tar([{ name, content: bytes }])))).not.toBe('clean')
  })
})
