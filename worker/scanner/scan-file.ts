// One body, read once with flat memory (ARCHITECTURE.md#scan): walked, decrypted, digested on both sides, streamed to
// clamd. The body is hostile: what is wrong with it is a finding. What is wrong with clamd or the store is thrown, and
// says nothing about the body.
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import { isFlat } from '#domain/scanning/scannable.ts'
import type { TransferFile } from '#domain/transfers/transfer.ts'
import type { FileId, Sha256Hex } from '#domain/values.ts'
import { bodyDigest, plaintextDigest } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { decodeProfiled } from '#openpgp/profiled-body.ts'
import type { SessionKey } from '#openpgp/session-key.ts'
import { type ScanResult, scanStream } from '#platform/clamd.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { DigestedStream } from './digested-stream.ts'
import { alongside } from './looking/alongside.ts'
import type { Looked } from './looking/look-into.ts'
import { ScanPostponed } from './scan-postponed.ts'
import type { ScannerAdapters } from './adapters.ts'
import { scanInWindows } from './scan-windows.ts'

export interface ScannedFile {
  readonly file: FileId
  readonly body: { readonly length: number; readonly digest: Sha256Hex }
  /** Null when it could not be read to its verified end. */
  readonly plaintext: ScannedPlaintext | null
  /** The first octets of the plaintext, as many as were asked for. */
  readonly beginning: Uint8Array
  readonly result: Exclude<ScanResult, { verdict: 'error' }>
  /** What it is, and whether it was opened to its last octet; null when there was nothing to look into. */
  readonly looked: Looked | null
}

export interface ScannedPlaintext {
  readonly length: number
  readonly digest: Sha256Hex
  /** Of the whole file, where the manifest says it: in `v1-cfb`. */
  readonly sha256: Sha256Hex | null
}

export interface FileToScan {
  readonly file: TransferFile
  readonly profile: Profile
  /** Null: the wrapped session key did not open. */
  readonly sessionKey: SessionKey | null
  /** How much of the plaintext to keep. */
  readonly keep: number
  /** As the manifest names it; null: it is not in a manifest, and has no name. */
  readonly name: string | null
  /** As the manifest says: what is flat text may be scanned in windows. */
  readonly mediaType: string | undefined
  /** Octets of the plaintext, at most, as the manifest says: what unpacks to more is not looked into further. */
  readonly limit: number
}

type Where = Pick<ScannerAdapters, 'objects' | 'clamd' | 'windows'>

export async function scanFile(
  { objects, clamd, windows }: Where,
  { file, profile, sessionKey, keep, name, mediaType, limit }: FileToScan,
): Promise<ScannedFile> {
  const body = new DigestedStream(await objects.read(file.objectKey))
  try {
    const ask = { clamd, windows, large: Math.max(file.length, limit) > windows.largest, mediaType }
    const read = sessionKey
      ? await scanContents({ body, profile, sessionKey, keep, name, limit, ask })
      : { plaintext: null, beginning: new Uint8Array(), result: unreadable('cannot-unwrap'), looked: null }
    const digests = await body.finish()
    const digest = (await bodyDigest(digests)) as Sha256Hex
    return { file: file.id, body: { length: digests.length, digest }, ...read }
  } finally {
    await body.close()
  }
}

interface Asking extends Pick<ScannerAdapters, 'clamd' | 'windows'> {
  readonly large: boolean
  readonly mediaType: string | undefined
}

interface Contents {
  readonly body: DigestedStream
  readonly profile: Profile
  readonly sessionKey: SessionKey
  readonly keep: number
  readonly name: string | null
  readonly limit: number
  readonly ask: Asking
}

async function scanContents({ body, profile, sessionKey, keep, name, limit, ask }: Contents) {
  const primitives = openpgpPrimitives
  const decoded = decodeProfiled({ profile, sessionKey, source: body.bytes, primitives, limit })
  const whole = profile === 'v1-cfb' ? openpgpPrimitives.sha256() : null
  const plaintext = new DigestedStream(whole ? summed(decoded, whole) : decoded)
  const kept: Uint8Array[] = []
  const look = alongside(plaintext.bytes, { name: name ?? '', limit: ask.windows.largest })
  try {
    const result = await askClamd(keeping(look.bytes, { kept, limit: keep }), ask)
    if (result.verdict === 'error') throw new ScanPostponed(`clamd could not scan: ${result.reason}`)
    const looked = await look.finish()
    // clamd may have heard enough; an altered end still shows.
    const digests = await plaintext.finish()
    const digest = (await plaintextDigest(digests)) as Sha256Hex
    const sha256 = (whole?.digest('hex') ?? null) as Sha256Hex | null
    return { plaintext: { length: digests.length, digest, sha256 }, beginning: joined(kept), result, looked }
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error
    return { plaintext: null, beginning: joined(kept), result: unreadable(error.detail), looked: null }
  } finally {
    await look.close()
  }
}

async function askClamd(
  bytes: AsyncIterable<Uint8Array>,
  { clamd, windows, large, mediaType }: Asking,
): Promise<ScanResult> {
  if (!large) return scanStream({ clamd, bytes })
  if (isFlat(mediaType)) return scanInWindows({ clamd, bytes, windows })
  return { verdict: 'unscannable', name: 'Safehand.Unscannable.TooLarge' }
}

async function* summed(
  source: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof openpgpPrimitives.sha256>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    hash.update(piece)
    yield piece
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
