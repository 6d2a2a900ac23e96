// How a key may be spelled in a file, and what is made of each spelling.
import { generateKey as generate, readKey, readPrivateKey } from 'openpgp'
import { describe, expect, it } from 'vitest'
import { ascii, concat } from './bytes.ts'
import { generateKey } from './keys.ts'
import { readPublicCertificate } from './public-certificate.ts'

const at = '2026-01-01T00:00:00Z'
const { certificate, privateKey } = await generateKey({ name: 'Ann', at, expiresAfterSeconds: null })
const other = await generateKey({ name: 'Ben', at, expiresAfterSeconds: null })
const locked = await generate({
  userIDs: { name: 'L' },
  type: 'rsa',
  rsaBits: 2048,
  passphrase: 'p',
  format: 'binary',
})
const publicArmor = (await readKey({ binaryKey: certificate })).armor()
const privateArmor = (await readPrivateKey({ binaryKey: privateKey })).armor()
const bareBase64 = (text: string) => text.split('\n').slice(2, -3).join('\n')
const utf16 = (text: string) => new Uint8Array(Uint16Array.from(`\ufeff${text}`, (one) => one.charCodeAt(0)).buffer)
const swapped = (bytes: Uint8Array) => bytes.map((_, i) => bytes[i ^ 1] ?? 0)

/** The first packet with an old-format header of two octets of length, as gpg writes it. */
function inOldFormat(bytes: Uint8Array, tag: number): Uint8Array {
  const length = bytes[1] ?? 0
  expect(length).toBeLessThan(192)
  return concat(Uint8Array.of(0x80 | (tag << 2) | 1, 0, length), bytes.subarray(2))
}

/** Where the first subkey's packet begins, after key, user id and signature. */
function subkeyOf(bytes: Uint8Array, tag: number): Uint8Array {
  for (let offset = 0; offset < bytes.length; ) {
    if (bytes[offset] === (0xc0 | tag)) return bytes.subarray(offset)
    const [, first = 0, second = 0] = bytes.subarray(offset)
    offset += first < 192 ? 2 + first : 3 + (first - 192) * 256 + second + 192
  }
  throw new Error('no subkey')
}

const spellings: readonly [
  spelling: string,
  given: string | Uint8Array,
  expected: 'read' | 'KEY_SECRET' | 'KEY_MALFORMED',
][] = [
  ['a public certificate, binary', certificate, 'read'],
  ['a public certificate, binary in the old format', inOldFormat(certificate, 6), 'read'],
  ['a public certificate, armored', publicArmor, 'read'],
  ['a public certificate after a byte order mark', `\ufeff${publicArmor}`, 'read'],
  ['a public certificate between lines of text', `My key:\n\n${publicArmor}\nGreetings\n`, 'read'],
  ['a public certificate after blank lines', `\r\n \n\n${publicArmor}`, 'read'],
  ['a public certificate with CRLF', publicArmor.replaceAll('\n', '\r\n').replaceAll('\r\r', '\r'), 'read'],
  ['a public certificate in UTF-16, little-endian', utf16(publicArmor), 'read'],
  ['a public certificate in UTF-16, big-endian', swapped(utf16(publicArmor)), 'read'],
  ['a public certificate with a line in its armor’s head', publicArmor.replace('\n', '\nComment: Ann\n'), 'read'],

  ['nothing', '', 'KEY_MALFORMED'],
  ['text', 'no certificate', 'KEY_MALFORMED'],
  ['two public certificates', concat(certificate, other.certificate), 'KEY_MALFORMED'],
  ['two public armors', `${publicArmor}\n${publicArmor}`, 'KEY_MALFORMED'],
  ['a public certificate, cut off', certificate.subarray(0, -1), 'KEY_MALFORMED'],
  ['a public certificate after a byte order mark, binary', concat(ascii('\ufeff'), certificate), 'KEY_MALFORMED'],
  ['a public certificate in base64 without armor', bareBase64(publicArmor), 'KEY_MALFORMED'],
  ['a public certificate in a lower-case armor', publicArmor.replaceAll('PGP PUBLIC', 'pgp public'), 'KEY_MALFORMED'],
  ['a public certificate beside a message', `${publicArmor}\n-----BEGIN PGP MESSAGE-----\n`, 'KEY_MALFORMED'],
  ['a GnuPG keybox', concat(Uint8Array.of(0, 0, 0, 32, 1, 1, 0, 2), ascii('KBXf'), certificate), 'KEY_MALFORMED'],
  ['an SSH public key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGl1 ann', 'KEY_MALFORMED'],
  ['more than 64 KiB', new Uint8Array(65 * 1024).fill(0xca), 'KEY_MALFORMED'],

  ['a private key, binary', privateKey, 'KEY_SECRET'],
  ['a private key, binary in the old format', inOldFormat(privateKey, 5), 'KEY_SECRET'],
  ['a private key, locked, RSA', locked.privateKey, 'KEY_SECRET'],
  ['a private key, cut off', privateKey.subarray(0, 60), 'KEY_SECRET'],
  ['a private key, binary after a byte order mark', concat(ascii('\ufeff'), privateKey), 'KEY_SECRET'],
  ['a private key, binary after text', concat(ascii('My key:\n'), privateKey), 'KEY_SECRET'],
  ['a private key in more than 64 KiB', concat(new Uint8Array(65 * 1024), privateKey), 'KEY_SECRET'],
  ['a private key, armored', privateArmor, 'KEY_SECRET'],
  ['a private key, armored, after a byte order mark', `\ufeff${privateArmor}`, 'KEY_SECRET'],
  ['a private key, armored, after a line of text', `My key:\n${privateArmor}`, 'KEY_SECRET'],
  ['a private key, armored, after blank lines', `\r\n\n \n${privateArmor}`, 'KEY_SECRET'],
  ['a private key, armored, with CRLF', privateArmor.replaceAll(/\r?\n/g, '\r\n'), 'KEY_SECRET'],
  ['a private key, armored, quoted in a mail', privateArmor.replaceAll(/^/gm, '> '), 'KEY_SECRET'],
  ['a private key in UTF-16, little-endian', utf16(privateArmor), 'KEY_SECRET'],
  ['a private key in UTF-16, big-endian', swapped(utf16(privateArmor)), 'KEY_SECRET'],
  ['a private key in UTF-16 without its mark', utf16(privateArmor).subarray(2), 'KEY_SECRET'],
  [
    'a private key in a lower-case armor',
    privateArmor.replaceAll(/PGP PRIVATE KEY BLOCK/g, 'pgp private key block'),
    'KEY_SECRET',
  ],
  ['a private key in an odd armor', privateArmor.replaceAll(/-----(BEGIN|END) /g, '--- $1  '), 'KEY_SECRET'],
  ['a private key in PGP’s old armor', privateArmor.replaceAll('PRIVATE', 'SECRET'), 'KEY_SECRET'],
  ['a private key in a public armor', privateArmor.replaceAll('PRIVATE', 'PUBLIC'), 'KEY_SECRET'],
  ['a private key in a message’s armor', privateArmor.replaceAll('PRIVATE KEY BLOCK', 'MESSAGE'), 'KEY_SECRET'],
  ['a private key in base64 without armor', bareBase64(privateArmor), 'KEY_SECRET'],
  ['a private key in base64 after a word', `Key:\nhere\n${bareBase64(privateArmor)}`, 'KEY_SECRET'],
  ['a private key in base64 on one line, in UTF-16', utf16(privateKey.toBase64()), 'KEY_SECRET'],
  ['a private key after a certificate, binary', concat(certificate, privateKey), 'KEY_SECRET'],
  ['a private key after a certificate, armored', `${publicArmor}\n${privateArmor}`, 'KEY_SECRET'],
  ['a private key in base64 after an armored certificate', `${publicArmor}\n${bareBase64(privateArmor)}`, 'KEY_SECRET'],
  ['a certificate with a secret subkey', concat(certificate, subkeyOf(privateKey, 7)), 'KEY_SECRET'],
  [
    'a PEM private key',
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n',
    'KEY_SECRET',
  ],
  ['a PEM RSA private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEpA==\n', 'KEY_SECRET'],
  ['an SSH private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n', 'KEY_SECRET'],
  [
    'an SSH private key without its armor',
    `${ascii('openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none').toBase64()}AA`,
    'KEY_SECRET',
  ],
  ['a key file of gpg’s agent', '(21:protected-private-key(3:ecc(5:curve7:Ed25519)))', 'KEY_SECRET'],
  ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nAAAA\n', 'KEY_SECRET'],
]

describe('a key', () => {
  it.each(spellings)('[keys/public-only] %s', async (_spelling, given, expected) => {
    const read = await readPublicCertificate(typeof given === 'string' ? ascii(given) : given)
    expect(read.ok ? 'read' : read.code).toBe(expected)
    if (read.ok) expect(read.certificate).toEqual(certificate)
  })
})
