// The one error type for bytes that are not the envelope they should be: a closed set of codes and details,
// so that the edge can choose words and status without reading messages. Never carries plaintext.

export type EnvelopeErrorCode =
  /** OpenPGP, but not as an envelope may be (SPEC.md); `detail` says what. */
  | 'ENVELOPE_MALFORMED'
  /** No OpenPGP framing at all: somebody sends plaintext. */
  | 'NOT_ENCRYPTED'
  /** The file is longer or shorter than the length announced for it: it changed while it was read. */
  | 'SOURCE_CHANGED'

const WORDS = {
  plaintext: 'this is not an OpenPGP message',
  armored: 'ASCII armor: take it off first',
  truncated: 'the bytes end too early',
  'trailing-bytes': 'there are bytes after the end',
  'wrong-length': 'the length does not fit',
  'old-format': 'an old-format packet where a new-format one belongs',
  'partial-length': 'a partial or indeterminate length where none may be',
  'unexpected-packet': 'a packet that does not belong here',
  'head-too-large': 'the packets before the body take more than 64 KiB',
  'pkesk-too-large': 'a PKESK takes more than 2 KiB',
  'pkesk-malformed': 'a PKESK that cannot be read',
  'hidden-recipient': 'a recipient is hidden',
  'password-packet': 'a password can open this (SKESK)',
  'no-integrity': 'encrypted without integrity (packet 9)',
  'librepgp-aead': 'LibrePGP packet 20: encrypt without --force-ocb',
  'versions-not-paired': 'PKESK and body are of different generations',
  'recipient-missing': 'a recipient has no PKESK',
  'recipient-unexpected': 'a PKESK for somebody who is not a recipient',
  'recipient-twice': 'two PKESKs for one recipient',
  'wrong-version': 'not an encrypted body of the expected version',
  'wrong-cipher': 'the cipher is not AES-256',
  'wrong-mode': 'the mode is not GCM',
  'ocb-mode':
    'the mode is OCB: encrypt with GCM, or for keys that do not list version 2 (a certificate without that feature)',
  'wrong-chunk-size': 'the chunks are not of an accepted size',
  altered: 'the bytes were altered, or this is not their key',
  compressed: 'the contents are compressed',
  'compressed-twice': 'the compressed contents are compressed again',
  'compressed-unscannable': 'compressed in a way that is not looked into (BZip2 or unknown): use ZIP, ZLIB or none',
  'compression-malformed': 'the compressed contents cannot be inflated',
  'after-compressed': 'there are octets after the compressed contents (with sq: encrypt with --compression none)',
  'more-than-allowed': 'there is more inside than may be',
  'signatures-malformed': 'signatures and their announcements inside do not fit',
  'signed-inside': 'there is a signature inside',
  'encrypted-inside': 'there is another encrypted message inside',
  'not-literal': 'the contents are not a literal packet',
  'two-literals': 'there are two literal packets',
  'not-binary': 'the literal packet is not in binary mode',
  'cannot-unwrap': 'this key does not open this PKESK',
  'session-key-length': 'the session key has not 32 octets',
  'source-longer': 'the file is longer than announced',
  'source-shorter': 'the file is shorter than announced',
  'source-other': 'the file is another than it was',
} as const

export type EnvelopeDetail = keyof typeof WORDS

export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'
  readonly code: EnvelopeErrorCode
  readonly detail: EnvelopeDetail

  constructor(code: EnvelopeErrorCode, detail: EnvelopeDetail) {
    super(`${code}: ${WORDS[detail]}`)
    this.code = code
    this.detail = detail
  }
}

export function malformed(detail: EnvelopeDetail): EnvelopeError {
  return new EnvelopeError('ENVELOPE_MALFORMED', detail)
}

export function notEncrypted(): EnvelopeError {
  return new EnvelopeError('NOT_ENCRYPTED', 'plaintext')
}
