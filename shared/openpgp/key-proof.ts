// Key proof (ARCHITECTURE.md#key-proof): shows that somebody holds a private key, without becoming a decryption
// service. The client trusts no challenge: it answers only when the plaintext is exactly the one line it asked for,
// with a MAC of that line, never with decrypted bytes. Own choice of layout: the MAC's key is NONCE's 64 ASCII
// characters as they stand.
import { armor, createMessage, decrypt, encrypt, enums, readKey, readMessage, readPrivateKey } from 'openpgp'
import { encodeBody } from './body-encoder.ts'
import { decodeBody } from './body-decoder.ts'
import { ascii, concat, fromHex } from './bytes.ts'
import { inspectNow } from './certificates.ts'
import { isFor, splitHead } from './head.ts'
import { CLOCK_SKEW_SECONDS, toDate } from './instant.ts'
import type { PrivateKeyBytes } from './keys.ts'
import { PINNED } from './pinned.ts'
import { type SessionKey, unwrapSessionKey, wrapSessionKey } from './session-key.ts'
import { hmac, hmacMatches } from './webcrypto.ts'

export const CHALLENGE_LIMIT = 2 * 1024

/** What a proof is for; a client states it before it sees a challenge. */
export interface KeyProofClaim {
  /** The installation's fixed name. */
  readonly origin: string
  readonly purpose: 'register' | 'collect'
  /** Account id. */
  readonly account: string
  /** Fingerprint of the encryption subkey that is proved. */
  readonly subkey: string
  /** Transfer id, or `-` for a proof per session. */
  readonly transfer: string
}

export interface KeyProof extends KeyProofClaim {
  /** 32 random octets as lower-case hex. */
  readonly nonce: string
  /** Instant after which it is not answered and not accepted. */
  readonly expires: string
}

/** At most 450 characters: the line may have 512 octets. */
const LINE =
  /^safehand-key-proof v1 ([a-z0-9](?:[a-z0-9.-]{0,198}[a-z0-9])?) (register|collect) ([0-9a-f]{32}) ([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{32}|-) ([0-9a-f]{64}) (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z)$/

/** The challenge's plaintext. Throws RangeError when a field has not its form. */
export function keyProofLine(proof: KeyProof): string {
  const { origin, purpose, account, subkey, transfer, nonce, expires } = proof
  const line = `safehand-key-proof v1 ${origin} ${purpose} ${account} ${subkey} ${transfer} ${nonce} ${expires}`
  if (!parseKeyProofLine(line)) throw new RangeError('a field of the key proof has not its form')
  return line
}

/** The fields of a line that is exactly of the form; null for anything else. */
export function parseKeyProofLine(line: string): KeyProof | null {
  const [, origin, purpose, account, subkey, transfer, nonce, expires] = LINE.exec(line) ?? []
  if (!origin || !account || !subkey || !transfer || !nonce || !expires) return null
  if (purpose !== 'register' && purpose !== 'collect') return null
  return { origin, purpose, account, subkey, transfer, nonce, expires }
}

export interface ChallengeToMake {
  readonly line: string
  readonly certificate: Uint8Array
  /** Fingerprint. */
  readonly encryptionSubkey: string
  /** Fresh for each challenge, as is `salt`. */
  readonly sessionKey: SessionKey
  readonly salt: Uint8Array
  /** An instant at which the subkey can be encrypted to, give or take what clocks may differ by. */
  readonly at: string
}

/**
 * Server: `PKESK || body` of the line, for the one subkey named in it, in the form that the certificate says it can read.
 * Throws Error when the certificate's subkey cannot be encrypted to at `at`.
 */
export async function makeChallenge(making: ChallengeToMake): Promise<Uint8Array> {
  const found = await inspectNow(making.certificate, making.at)
  if (!found.ok) throw new Error(`no challenge for this certificate: ${found.code}`)
  const asOf = { ...making, at: found.at }
  const message = found.certificate.supportsV2Gcm ? await sealVersion2(asOf) : await sealVersion1(asOf)
  if (message.length > CHALLENGE_LIMIT) throw new RangeError('the challenge is larger than 2 KiB')
  return message
}

/** As a person gives it to another program: with the checksum, which GnuPG 2.2 needs to see the end. */
export function armorChallenge(message: Uint8Array): string {
  return armor(enums.armor.message, message, undefined, undefined, undefined, true)
}

async function sealVersion2(making: ChallengeToMake): Promise<Uint8Array> {
  const plaintext = ascii(making.line)
  const body = encodeBody({ ...making, length: plaintext.length, source: once(plaintext) })
  return concat(await wrapSessionKey(making), ...(await Array.fromAsync(body)))
}

/** PKESK version 3 and SEIPD version 1 with MDC: what GnuPG reads. A line is short, so that openpgp.js may do it. */
async function sealVersion1({ line, certificate, encryptionSubkey, sessionKey, at }: ChallengeToMake) {
  const key = await readKey({ binaryKey: certificate, config: PINNED })
  const subkey = key.getSubkeys().find((candidate) => candidate.getFingerprint() === encryptionSubkey)
  if (!subkey) throw new Error('this certificate has no such subkey')
  const date = toDate(at)
  return encrypt({
    message: await createMessage({ binary: ascii(line), date }),
    encryptionKeys: key,
    encryptionKeyIDs: [subkey.getKeyID()],
    sessionKey: { data: sessionKey, algorithm: 'aes256' },
    date,
    format: 'binary',
    config: { ...PINNED, aeadProtect: false },
  })
}

export type ChallengeAnswer =
  | { ok: true; answer: string }
  /** No answer leaves the client; `saw` is for the person at it, who is shown an attack. */
  | { ok: false; code: 'CHALLENGE_REFUSED'; saw: string }

/** Client: HMAC-SHA256(NONCE, line) as lower-case hex, or a refusal that says what was seen. Never throws for the message. */
export async function answerChallenge(input: {
  message: Uint8Array
  key: PrivateKeyBytes
  expected: KeyProofClaim
  now: string
}): Promise<ChallengeAnswer> {
  if (input.message.length > CHALLENGE_LIMIT)
    return refused(`a message of ${input.message.length} octets, not a key proof`)
  const line = await openChallenge(input).catch(() => null)
  if (line === null) return refused('a message that is not a key proof for this key')
  return answerLine({ ...input, line })
}

/** Client: the same for a challenge's plaintext that another program (gpg) decrypted for it. */
export async function answerLine(input: {
  line: string
  expected: KeyProofClaim
  now: string
}): Promise<ChallengeAnswer> {
  const { line } = input
  const proof = parseKeyProofLine(line)
  if (proof === null) return refused(`${line.length} characters of something that is not a key proof`)
  const differing = CLAIM_FIELDS.filter((field) => proof[field] !== input.expected[field])
  if (differing.length > 0) return refused(differing.map((field) => `${field} ${proof[field]}`).join(', '))
  if (toDate(input.now).getTime() >= toDate(proof.expires).getTime() + CLOCK_SKEW_SECONDS * 1000)
    return refused(`a key proof that expired at ${proof.expires}`)
  return { ok: true, answer: await answerTo(proof.nonce, line) }
}

/**
 * Client: the answer of a person who opened the challenge by hand and pasted its nonce. It is right only when the
 * challenge's line was the one expected. Throws RangeError when `nonce` has not its form.
 */
export async function answerByNonce(input: {
  nonce: string
  expected: KeyProofClaim
  expires: string
}): Promise<string> {
  return rightAnswer(keyProofLine({ ...input.expected, nonce: input.nonce, expires: input.expires }))
}

/** Server: the one right answer to a line of `keyProofLine`, so that only its hash need be kept. */
export async function rightAnswer(line: string): Promise<string> {
  const proof = parseKeyProofLine(line)
  if (!proof) throw new RangeError('not the line of a key proof')
  return answerTo(proof.nonce, line)
}

/** Server, in constant time: whether `answer` is the one to `line`. That `line` is unused and unexpired is the caller's. */
export async function checkAnswer(input: { line: string; answer: string }): Promise<boolean> {
  const proof = parseKeyProofLine(input.line)
  if (!proof || !/^[0-9a-f]{64}$/.test(input.answer)) return false
  return hmacMatches({ secret: ascii(proof.nonce), message: ascii(input.line), mac: fromHex(input.answer, 32) })
}

const CLAIM_FIELDS = ['origin', 'purpose', 'account', 'subkey', 'transfer'] as const

async function answerTo(nonce: string, line: string): Promise<string> {
  return (await hmac(ascii(nonce), ascii(line))).toHex()
}

function refused(saw: string): ChallengeAnswer {
  return { ok: false, code: 'CHALLENGE_REFUSED', saw }
}

/** The plaintext, whatever it is, once it verified to its end. It never leaves this file. */
async function openChallenge(input: {
  message: Uint8Array
  key: PrivateKeyBytes
  expected: KeyProofClaim
}): Promise<string | null> {
  const { pkesks, bodyOffset, bodyVersion } = splitHead(input.message)
  const [pkesk] = pkesks
  if (!pkesk || pkesks.length !== 1 || !isFor(pkesk.recipient, input.expected.subkey)) return null
  if (bodyVersion === 1) return asText(await openVersion1(input))
  const sessionKey = await unwrapSessionKey({ pkesk: pkesk.bytes, key: input.key })
  const body = decodeBody({ sessionKey, source: once(input.message.subarray(bodyOffset)) })
  return asText(concat(...(await Array.fromAsync(body))))
}

/** openpgp.js gives nothing before the MDC was right. */
async function openVersion1(input: { message: Uint8Array; key: PrivateKeyBytes }): Promise<Uint8Array> {
  const { data } = await decrypt({
    message: await readMessage({ binaryMessage: input.message, config: PINNED }),
    decryptionKeys: await readPrivateKey({ binaryKey: input.key, config: PINNED }),
    format: 'binary',
    config: PINNED,
  })
  return data
}

function asText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
