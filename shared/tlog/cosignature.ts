// Cosignatures: a witness says "at this time, this is the largest consistent tree I saw".
// Owns the message that such a signature covers. Trusts and verifies nothing: the caller verifies, and judges the time.
// C2SP tlog-cosignature, the Ed25519 form (cosignature/v1).

import { concat, encodeUtf8, isSize } from './bytes.ts'
import { COSIGNATURE, type Note, type SignatureToVerify, signatureBytesBy, type Vkey } from './note.ts'

/** `time` in seconds since 1970. */
export type CosignatureToVerify = SignatureToVerify & { readonly time: number }

const TIME_SIZE = 8
const SIGNATURE_SIZE = 64

/** The cosignatures of a checkpoint by this witness, by the rule of `signaturesBy`: at least one, and all must verify. */
export function cosignaturesBy(note: Note, vkey: Vkey): CosignatureToVerify[] {
  if (vkey.algorithm !== COSIGNATURE) return []
  const found = signatureBytesBy(note, vkey).map((bytes) => readCosignature(note, bytes))
  return found.every((one) => one !== undefined) ? found.map((one) => ({ ...one, key: vkey.key })) : []
}

/** The bytes that a witness signs. */
export function cosignedMessage(text: string, time: number): Uint8Array {
  if (!isSize(time)) throw new RangeError(`not a time: ${time}`)
  return encodeUtf8(`cosignature/v1\ntime ${time}\n${text}`)
}

/** What stands after the key id on a witness's line. */
export function encodeCosignature({ time, signature }: { time: number; signature: Uint8Array }): Uint8Array {
  if (!isSize(time) || signature.length !== SIGNATURE_SIZE) throw new RangeError('not a cosignature')
  const bytes = new Uint8Array(TIME_SIZE)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time))
  return concat([bytes, signature])
}

function readCosignature({ text }: Note, bytes: Uint8Array): Omit<CosignatureToVerify, 'key'> | undefined {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE) return undefined
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset, TIME_SIZE).getBigUint64(0))
  if (!isSize(time)) return undefined
  return { time, message: cosignedMessage(text, time), signature: bytes.subarray(TIME_SIZE) }
}
