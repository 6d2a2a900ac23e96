// One body, read once with flat memory (DESIGN 4.5): walked, decrypted, digested on both sides, streamed to clamd.
// The body is hostile: what is wrong with it is a finding. What is wrong with clamd or the store is thrown, and says
// nothing about the body.
import type { TransferFile } from '#domain/transfers/transfer.ts'
import type { FileId, Sha256Hex } from '#domain/values.ts'
import { decodeBody } from '#openpgp/body-decoder.ts'
import { bodyDigest, plaintextDigest } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { SessionKey } from '#openpgp/session-key.ts'
import { type ScanResult, scanStream } from '#platform/clamd.ts'
import { DigestedStream } from './digested-stream.ts'
import { NotNow } from './not-now.ts'
import type { ScannerParts } from './parts.ts'

export interface ScannedFile {
  readonly file: FileId
  readonly body: { readonly length: number; readonly digest: Sha256Hex }
  /** Null when it could not be read to its verified end. */
  readonly plaintext: { readonly length: number; readonly digest: Sha256Hex } | null
  /** The first octets of the plaintext, as many as were asked for. */
  readonly beginning: Uint8Array
  readonly result: Exclude<ScanResult, { verdict: 'error' }>
}

export interface FileToScan {
  readonly file: TransferFile
  /** Null: the wrapped session key did not open. */
  readonly sessionKey: SessionKey | null
  /** How much of the plaintext to keep. */
  readonly keep: number
}

type Where = Pick<ScannerParts, 'objects' | 'clamd'>

export async function scanFile(
  { objects, clamd }: Where,
  { file, sessionKey, keep }: FileToScan,
): Promise<ScannedFile> {
  const body = new DigestedStream(await objects.read(file.objectKey))
  try {
    const read = sessionKey
      ? await scanContents({ body, sessionKey, clamd, keep })
      : { plaintext: null, beginning: new Uint8Array(), result: unreadable('cannot-unwrap') }
    const digests = await body.finish()
    const digest = (await bodyDigest(digests)) as Sha256Hex
    return { file: file.id, body: { length: digests.length, digest }, ...read }
  } finally {
    await body.close()
  }
}

interface Contents extends Pick<ScannerParts, 'clamd'> {
  readonly body: DigestedStream
  readonly sessionKey: SessionKey
  readonly keep: number
}

async function scanContents({ body, sessionKey, clamd, keep }: Contents) {
  const plaintext = new DigestedStream(decodeBody({ sessionKey, source: body.bytes }))
  const kept: Uint8Array[] = []
  try {
    const result = await scanStream({ clamd, bytes: keeping(plaintext.bytes, { kept, limit: keep }) })
    if (result.verdict === 'error') throw new NotNow(`clamd could not scan: ${result.reason}`)
    // clamd may have heard enough; an altered end still shows.
    const digests = await plaintext.finish()
    const digest = (await plaintextDigest(digests)) as Sha256Hex
    return { plaintext: { length: digests.length, digest }, beginning: joined(kept), result }
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error
    return { plaintext: null, beginning: joined(kept), result: unreadable(error.detail) }
  }
}

async function* keeping(
  source: AsyncIterable<Uint8Array>,
  { kept, limit }: { readonly kept: Uint8Array[]; readonly limit: number },
): AsyncGenerator<Uint8Array> {
  let room = limit
  for await (const piece of source) {
    if (room > 0) kept.push(piece.slice(0, room))
    room -= piece.length
    yield piece
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces))
}

function unreadable(detail: EnvelopeError['detail']) {
  return { verdict: 'unscannable', name: `Safehand.Envelope.${detail}` } as const
}
