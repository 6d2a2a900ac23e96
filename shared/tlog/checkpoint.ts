// Checkpoints: origin, size and root of a log, as the text of a signed note.
// Owns the three lines and who may sign them. Trusts nothing; a log must never sign two checkpoints that are not
// consistent, which only the caller (the sequencer) can see to.
// C2SP tlog-checkpoint, stricter in two places: see SPEC.md.

import { decodeBase64, encodeBase64, encodeUtf8, hasControl, isHash, isSize } from './bytes.ts'
import { ED25519, formatNote, type Note, parseNote, type SignatureToVerify, signaturesBy, type Vkey } from './note.ts'

/** `origin` names the log for ever; `size` counts its entries; `root` is 32 bytes. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array }

export type SignedCheckpoint = { readonly checkpoint: Checkpoint; readonly note: Note }

const LINES = /^([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n$/

/** The note text. Throws RangeError for what is no checkpoint. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || hasControl(origin) || !origin.isWellFormed()) throw new RangeError('not a log origin')
  if (!isSize(size) || !isHash(root)) throw new RangeError('not a size and a root')
  return `${origin}\n${size}\n${encodeBase64(root)}\n`
}

/** The checkpoint in a note's text, or undefined: one checkpoint has one text. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [, origin, digits, encoded] = LINES.exec(text) ?? []
  if (origin === undefined || digits === undefined || encoded === undefined) return undefined
  const size = Number(digits)
  const root = decodeBase64(encoded)
  if (hasControl(origin) || !isSize(size) || root === undefined || !isHash(root)) return undefined
  return { origin, size, root }
}

/** Bytes of a signed note -> checkpoint and note, or undefined. Nothing is verified yet: see `checkpointSignaturesBy`. */
export function parseSignedCheckpoint(bytes: Uint8Array): SignedCheckpoint | undefined {
  const note = parseNote(bytes)
  const checkpoint = note && parseCheckpoint(note.text)
  return note && checkpoint && { checkpoint, note }
}

/**
 * The log's own signatures, to be verified by the rule of `signaturesBy`.
 * None unless the key is named as the origin, so that a key pinned for one log can never speak for another.
 */
export function checkpointSignaturesBy({ checkpoint, note }: SignedCheckpoint, vkey: Vkey): SignatureToVerify[] {
  return vkey.name === checkpoint.origin ? signaturesBy(note, vkey) : []
}

/** The signed note. `sign` gets the text's bytes and answers with the 64-byte Ed25519 signature of the key in `vkey`. */
export function signCheckpoint({
  checkpoint,
  vkey,
  sign,
}: {
  checkpoint: Checkpoint
  vkey: Vkey
  sign: (message: Uint8Array) => Uint8Array
}): Uint8Array {
  if (vkey.algorithm !== ED25519 || vkey.name !== checkpoint.origin) {
    throw new RangeError(`the key ${vkey.name} does not sign for ${checkpoint.origin}`)
  }
  const text = formatCheckpoint(checkpoint)
  const signature = sign(encodeUtf8(text))
  if (signature.length !== 64) throw new RangeError(`an Ed25519 signature of ${signature.length} bytes`)
  return formatNote({ text, signatures: [{ name: vkey.name, keyId: vkey.keyId, signature }] })
}
