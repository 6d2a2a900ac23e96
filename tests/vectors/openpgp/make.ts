// Makes vectors.json beside it: `node tests/vectors/openpgp/make.ts`. Written with node:crypto alone, from
// shared/openpgp/SPEC.md and RFC 9580 5.13.2, without the code under test, so that two readings of the formats must
// agree. Deterministic.
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'

const CHUNK = 262_144
const PART = 8_388_608
const sessionKey = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
const salt = Buffer.from(Array.from({ length: 32 }, (_, i) => 32 + i))
const transfer = '000102030405060708090a0b0c0d0e0f'
const file = 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'

/** Octet i of every plaintext is i mod 251. */
const plaintextOf = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, i) => i % 251))
const sha256 = (...pieces: Uint8Array[]) => createHash('sha256').update(Buffer.concat(pieces)).digest()
const uint32 = (value: number) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex')
const uint64 = (value: number) => Buffer.from(value.toString(16).padStart(16, '0'), 'hex')

/** A packet shorter than 4 GiB, always with a five-octet length. */
const packet = (tag: number, contents: Buffer) => Buffer.concat([Buffer.of(0xc0 + tag, 0xff), uint32(contents.length), contents])

function makeBody(plaintext: Buffer): Buffer {
  const info = Buffer.of(0xd2, 2, 9, 3, 12)
  const derived = Buffer.from(hkdfSync('sha256', sessionKey, salt, info, 36))
  const seal = (data: Buffer, counter: number, bound: Buffer) => {
    const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), Buffer.concat([derived.subarray(32), uint64(counter)]))
    cipher.setAAD(bound)
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()])
  }
  const literal = packet(11, Buffer.concat([Buffer.from('b\0\0\0\0\0'), plaintext]))
  const sealed: Buffer[] = []
  for (let at = 0; at < literal.length; at += CHUNK) sealed.push(seal(literal.subarray(at, at + CHUNK), sealed.length, info))
  const finalTag = seal(Buffer.alloc(0), sealed.length, Buffer.concat([info, uint64(literal.length)]))
  return packet(18, Buffer.concat([Buffer.of(2, 9, 3, 12), salt, ...sealed, finalTag]))
}

/** SEIPD version 1 (RFC 9580 5.13.1); its 16 random octets are the first half of `salt` here. */
function makeCfbBody(plaintext: Buffer, name: string): Buffer {
  const prefix = Buffer.concat([salt.subarray(0, 16), salt.subarray(14, 16)])
  const header = Buffer.concat([Buffer.from('b'), Buffer.of(Buffer.byteLength(name)), Buffer.from(name), Buffer.alloc(4)])
  const hashed = Buffer.concat([prefix, packet(11, Buffer.concat([header, plaintext])), Buffer.of(0xd3, 0x14)])
  const cipher = createCipheriv('aes-256-cfb', sessionKey, Buffer.alloc(16))
  const sealed = cipher.update(Buffer.concat([hashed, createHash('sha1').update(hashed).digest()]))
  return packet(18, Buffer.concat([Buffer.of(1), sealed]))
}

function digestOf(label: string, bytes: Buffer): string {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += PART) parts.push(sha256(bytes.subarray(at, at + PART)))
  return sha256(Buffer.from(label), uint64(bytes.length), uint32(PART), ...parts).toString('hex')
}

function commitment(fileId: string, bodyDigest: string): string {
  const fileBytes = fileId === 'manifest' ? Buffer.alloc(16) : Buffer.from(fileId, 'hex')
  const info = Buffer.concat([Buffer.from('safehand scan-commitment 1'), Buffer.from(bodyDigest, 'hex')])
  const ids = Buffer.concat([Buffer.from(transfer, 'hex'), fileBytes])
  return Buffer.from(hkdfSync('sha256', sessionKey, ids, info, 32)).toString('hex')
}

function bodyVector(length: number) {
  const plaintext = plaintextOf(length)
  const body = makeBody(plaintext)
  const bodyDigest = digestOf('safehand body 1', body)
  return {
    length,
    bodyLength: body.length,
    bodySha256: sha256(body).toString('hex'),
    bodyDigest,
    plaintextDigest: digestOf('safehand plaintext 1', plaintext),
    commitment: commitment(file, bodyDigest),
    manifestCommitment: commitment('manifest', bodyDigest),
  }
}

function cfbVector(length: number, name: string) {
  const body = makeCfbBody(plaintextOf(length), name)
  return { length, name, bodyLength: body.length, bodySha256: sha256(body).toString('hex'), bodyDigest: digestOf('safehand body 1', body) }
}

function keyProofVector(purpose: string, boundTransfer: string) {
  const account = 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf'
  const subkey = '0123456789abcdef0123456789abcdef01234567'
  const nonce = sha256(Buffer.from('nonce')).toString('hex')
  const expires = '2026-11-22T03:45:00Z'
  const proof = { origin: 'demo.safehand.invalid', purpose, account, subkey, transfer: boundTransfer, nonce, expires }
  const line = ['safehand-key-proof', 'v1', ...Object.values(proof)].join(' ')
  return { proof, line, answer: createHmac('sha256', nonce).update(line).digest('hex') }
}

const vectors = {
  sessionKey: sessionKey.toString('hex'),
  salt: salt.toString('hex'),
  transfer,
  file,
  bodies: [0, 1, 5, CHUNK - 12, CHUNK - 11, 1_000_000, 9_000_000].map(bodyVector),
  cfbBodies: [cfbVector(0, ''), cfbVector(5, 'a.txt'), cfbVector(262_132, ''), cfbVector(1_000_000, 'Übergabe 2026.csv')],
  keyProofs: [keyProofVector('register', '-'), keyProofVector('collect', transfer)],
}
writeFileSync(new URL('vectors.json', import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`)
