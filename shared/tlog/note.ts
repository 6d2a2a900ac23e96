// Signed notes: a text, a blank line, and one line per signature; and the keys they are checked with.
// Owns the format. Trusts nothing and verifies nothing: it hands {key, message, signature} to the caller, who must
// not believe the text of a note before a key it already had has verified it.
// C2SP signed-note (and its verifier keys, "vkeys").

import { concat, decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, equal, hasControl, type Sha256 } from './bytes.ts'

/** Signature types of the spec that this house uses: the signer's algorithm byte. */
export const ED25519 = 0x01
export const COSIGNATURE = 0x04

export type Algorithm = typeof ED25519 | typeof COSIGNATURE

/** A public key as it is pinned in an agreement: `key` is the raw 32-byte Ed25519 key, `keyId` 4 bytes. */
export type Vkey = {
  readonly name: string
  readonly keyId: Uint8Array
  readonly algorithm: Algorithm
  readonly key: Uint8Array
}

/** One signature line; `signature` is what follows the key id, in the form its algorithm gives it. */
export type NoteSignature = { readonly name: string; readonly keyId: Uint8Array; readonly signature: Uint8Array }

/** `text` ends with a newline. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] }

/** For the caller to verify with Ed25519 (RFC 8032): raw 32-byte key, message, 64-byte signature. */
export type SignatureToVerify = {
  readonly key: Uint8Array
  readonly message: Uint8Array
  readonly signature: Uint8Array
}

/** The least that the spec asks verifiers to accept, and more than a log of two parties needs. */
export const MAX_SIGNATURES = 16

const KEY_SIZE = 32
const KEY_ID_SIZE = 4
const SIGNATURE_SIZE = 64
const NAME = /^[^+\p{White_Space}]+$/u
const VKEY_LINE = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/
const SIGNATURE_LINE = /^— ([^ ]+) ([^ ]+)$/

/** A vkey from a raw 32-byte Ed25519 key. Throws RangeError for a name or a key that cannot be one. */
export function vkeyOf(
  sha256: Sha256,
  { name, algorithm, key }: { name: string; algorithm: Algorithm; key: Uint8Array },
): Vkey {
  if (!isName(name) || key.length !== KEY_SIZE) throw new RangeError(`not a key name with an Ed25519 key: ${name}`)
  const keyId = sha256(concat([encodeUtf8(`${name}\n`), Uint8Array.of(algorithm), key])).subarray(0, KEY_ID_SIZE)
  return { name, keyId, algorithm, key }
}

/** `<name>+<key id in hex>+<base64 of algorithm || key>`, or undefined for anything else, a key id that is not its key's included. */
export function parseVkey(sha256: Sha256, text: string): Vkey | undefined {
  const [, name, , encoded] = VKEY_LINE.exec(text) ?? []
  if (name === undefined || encoded === undefined || !isName(name)) return undefined
  const bytes = decodeBase64(encoded)
  const algorithm = bytes?.[0]
  if (bytes?.length !== 1 + KEY_SIZE || (algorithm !== ED25519 && algorithm !== COSIGNATURE)) return undefined
  const vkey = vkeyOf(sha256, { name, algorithm, key: bytes.subarray(1) })
  return formatVkey(vkey) === text ? vkey : undefined
}

export function formatVkey({ name, keyId, algorithm, key }: Vkey): string {
  return `${name}+${new Uint8Array(keyId).toHex()}+${encodeBase64(concat([Uint8Array.of(algorithm), key]))}`
}

/** The note in these bytes, or undefined. Exactly one sequence of bytes gives one note: `formatNote` returns it. */
export function parseNote(bytes: Uint8Array): Note | undefined {
  const whole = decodeUtf8(bytes)
  if (whole === undefined || hasControl(whole.replaceAll('\n', '')) || !whole.endsWith('\n')) return undefined
  // The text may hold empty lines itself: the last one is the separator.
  const blank = whole.lastIndexOf('\n\n')
  if (blank < 0) return undefined
  const lines = whole.slice(blank + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return undefined
  const signatures = lines.map(parseSignature)
  return signatures.every((signature) => signature !== undefined)
    ? { text: whole.slice(0, blank + 1), signatures }
    : undefined
}

/** The bytes of a note. Throws RangeError when no note can say this (no signature, a text without final newline, ..). */
export function formatNote({ text, signatures }: Note): Uint8Array {
  if (!signatures.every(({ name, keyId }) => isName(name) && keyId.length === KEY_ID_SIZE)) {
    throw new RangeError('not a key name and a key id')
  }
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${encodeBase64(concat([keyId, signature]))}\n`,
  )
  const bytes = encodeUtf8(`${text}\n${lines.join('')}`)
  const parsed = parseNote(bytes)
  if (parsed?.text !== text || parsed.signatures.length !== signatures.length) throw new RangeError('not a signed note')
  return bytes
}

/**
 * The plain Ed25519 signatures of a note by this key. The note is signed by it if there is at least one and ALL of them
 * verify (the spec: a known key's bad signature condemns the note; so a malformed one leaves none to verify).
 */
export function signaturesBy(note: Note, vkey: Vkey): SignatureToVerify[] {
  if (vkey.algorithm !== ED25519) return []
  const message = encodeUtf8(note.text)
  const signatures = signatureBytesBy(note, vkey)
  if (!signatures.every((signature) => signature.length === SIGNATURE_SIZE)) return []
  return signatures.map((signature) => ({ key: vkey.key, message, signature }))
}

/** What stands after the key id on each line of this key. Name and key id together name a key; either alone does not. */
export function signatureBytesBy({ signatures }: Note, { name, keyId }: Vkey): Uint8Array[] {
  return signatures.filter((line) => line.name === name && equal(line.keyId, keyId)).map((line) => line.signature)
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? []
  if (name === undefined || encoded === undefined || !isName(name)) return undefined
  const bytes = decodeBase64(encoded)
  if (bytes === undefined || bytes.length <= KEY_ID_SIZE) return undefined
  return { name, keyId: bytes.subarray(0, KEY_ID_SIZE), signature: bytes.subarray(KEY_ID_SIZE) }
}

function isName(name: string): boolean {
  return NAME.test(name) && !hasControl(name) && name.isWellFormed()
}
