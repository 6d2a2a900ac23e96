// What is collected: `PKESK || body`, an ordinary OpenPGP message under one strong ETag, whole or one range of it
// (ARCHITECTURE.md#collect). Loaded before the decision, so that what cannot be served is refused; read only after it
// was committed. The store is asked before the transaction: however slow it is, nobody waits for a row meanwhile.
import { Readable } from 'node:stream'
import { parseDocument } from '#domain/document.ts'
import type { Envelope } from '#domain/transfers/decisions/decide-collect.ts'
import { dispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { Rostered } from '#domain/policy/facts.ts'
import type { AccountId, Bytes, FileId, TransferId } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Database, Tx } from '#store/database.ts'
import { recordServed } from '#store/transfers/served.ts'
import { listObjectKeys } from '#store/transfers/uploads.ts'
import { loadWrappedKeys } from '#store/transfers/wrapped-keys.ts'
import type { BytesReply, Adapters } from '../use-case.ts'
import { chooseRange, type RangeRequest } from './byte-range.ts'

interface EnvelopeToLoad {
  readonly found: TransferFacts | undefined
  readonly reader: Rostered | null
  readonly file: FileId
  readonly headers: RangeRequest
  readonly sizeOf: SizeInStore
}

/** Of an object; undefined when it is not there. Throws what the store threw, once somebody would be served. */
type SizeInStore = (objectKey: string) => number | undefined

/** So many questions to the store at once. */
const askedAtOnce = 16

/** What the store holds of one file of a transfer, or of all, as it is now. */
export async function sizesInStore(
  { database, objects }: { readonly database: Database; readonly objects: ObjectStore },
  of: { readonly transfer: TransferId; readonly file?: FileId },
): Promise<SizeInStore> {
  const ask = async (key: string) => [key, await objects.size(key)] as const
  const keys = Readable.from(await listObjectKeys(database, of))
  try {
    const sizes = new Map<string, number | undefined>(await keys.map(ask, { concurrency: askedAtOnce }).toArray())
    return (key) => sizes.get(key)
  } catch (error) {
    return () => {
      throw error
    }
  }
}

/** The reader's own wrapped key and the body; null when there is none for them. */
export async function loadEnvelope(tx: Tx, of: EnvelopeToLoad): Promise<Envelope | null> {
  return makeEnvelope(of, await loadKeys(tx, of))
}

/** The reader's wrapped keys by file: each file is opened with the one of its key set, as the note says. */
type Keys = ReadonlyMap<FileId, Bytes>

async function loadKeys(tx: Tx, { found, reader }: Pick<EnvelopeToLoad, 'found' | 'reader'>): Promise<Keys> {
  const note = found?.transfer.note && parseDocument(dispatchNote, found.transfer.note.signed.bytes)
  if (!note?.ok || !reader) return new Map()
  const { encryptionSubkey } = reader
  const wrapped = await loadWrappedKeys(tx, { transfer: note.value.transfer, encryptionSubkey })
  const bySet = new Map(wrapped.map(({ keySet, bytes }) => [keySet, bytes]))
  return new Map(
    note.value.files.flatMap(({ id, keySet }) => {
      const bytes = bySet.get(keySet)
      return bytes ? [[id, bytes] as const] : []
    }),
  )
}

function makeEnvelope(of: EnvelopeToLoad, keys: Keys): Envelope | null {
  const file = of.found?.files.find(({ id }) => id === of.file)
  const pkesk = keys.get(of.file)
  if (!file?.bodyDigest || !pkesk) return null
  const etag = `"${sha256Hex(`${sha256Hex(pkesk)}${file.bodyDigest}`)}"`
  const length = pkesk.length + file.length
  return {
    pkesk,
    objectKey: file.objectKey,
    length,
    etag,
    range: chooseRange(of.headers, { length, etag }),
    intact: of.sizeOf(file.objectKey) === file.length,
  }
}

/** Of every file, whole, in their order. */
export async function loadEnvelopes(
  tx: Tx,
  of: Omit<EnvelopeToLoad, 'file' | 'headers'>,
): Promise<readonly (Envelope | null)[]> {
  const headers = { range: undefined, ifRange: undefined }
  const keys = await loadKeys(tx, of)
  return (of.found?.files ?? []).map(({ id }) => makeEnvelope({ ...of, file: id, headers }, keys))
}

interface ToServe {
  readonly transfer: TransferId
  readonly file: FileId
  readonly account: AccountId
}

/** Octets of a body that go out between two records of it: what a killed process forgets is fetched again. */
const recordedEach = 64 * 1024 * 1024

/** The bytes that were decided upon, with the headers of a whole or a partial reply (RFC 9110). */
export function serveEnvelope(envelope: Envelope, serving: ToServe, adapters: ServingAdapters): BytesReply {
  const { transfer, file } = serving
  const { range, length, etag } = envelope
  if (range === null) throw new TypeError('a range that was refused is not served')
  const partial = range.end - range.start < length
  return {
    status: partial ? 206 : 200,
    headers: {
      'Content-Type': 'application/pgp-encrypted',
      'Content-Disposition': `attachment; filename="${transfer}-${file}.pgp"`,
      'Content-Length': String(range.end - range.start),
      ...(partial && { 'Content-Range': `bytes ${range.start}-${range.end - 1}/${length}` }),
      'Accept-Ranges': 'bytes',
      ETag: etag,
      'Cache-Control': 'no-store, no-transform',
    },
    body: octets(envelope, { ...range, ...serving }, adapters),
  }
}

type ServingAdapters = Pick<Adapters, 'objects' | 'database'>

/** All of it, for whoever puts it into something larger. */
export function wholeEnvelope(
  envelope: Envelope,
  serving: ToServe,
  adapters: ServingAdapters,
): AsyncIterable<Uint8Array> {
  return octets(envelope, { ...serving, start: 0, end: envelope.length }, adapters)
}

async function* octets(
  { pkesk, objectKey, length }: Envelope,
  { start, end, ...serving }: ToServe & { readonly start: number; readonly end: number },
  { objects, database }: ServingAdapters,
): AsyncGenerator<Uint8Array> {
  const head = pkesk.length
  if (start < head) yield pkesk.subarray(start, Math.min(end, head))
  const from = Math.max(0, start - head)
  const to = Math.min(end, length) - head
  if (to <= from) return
  const record = (range: { readonly from: number; readonly to: number }) =>
    recordServed(database, { ...serving, ...range })
  yield* recorded(await objects.read(objectKey, { start: from, end: to }), { from, to, record })
}

interface Recording {
  readonly from: number
  readonly to: number
  readonly record: (range: { readonly from: number; readonly to: number }) => Promise<void>
}

/** The record of the last piece is there before the piece goes: whoever has it all may say so at once. */
async function* recorded(body: AsyncIterable<Uint8Array>, { from, to, record }: Recording): AsyncGenerator<Uint8Array> {
  let [known, at] = [from, from]
  try {
    for await (const piece of body) {
      at += piece.length
      if (at === to || at - known >= recordedEach) {
        await record({ from: known, to: at })
        known = at
      }
      yield piece
    }
  } finally {
    if (at > known) await record({ from: known, to: at })
  }
}
