// Fetches one `PKESK || body` so that a cut costs only what had not arrived: what came is kept as it came, encrypted, and a
// later run goes on behind it under the same strong ETag, or from the start (ARCHITECTURE.md#ranges). Nothing of it is
// verified here: whoever reads it to its end compares it with the note, wherever its bytes came from.
import { collectOperations } from '#contract/transfers/collect.ts'
import type { BodyEntry } from '#domain/transfers/documents/dispatch-note.ts'
import type { FileId, TransferId } from '#domain/values.ts'
import { describeCutDownload } from '#words/en/network.ts'
import { type Api, ForeignAnswer, RefusedByServer, ServerUnreachable } from '../api.ts'

/** What arrived of one file in earlier runs, ciphertext. */
export interface PartialFile {
  /** Of the version that its bytes belong to; null while there are none. */
  readonly etag: string | null
  readonly length: number
  read(): AsyncIterable<Uint8Array>
  /** Empties it, for that version. */
  restart(etag: string): Promise<void>
  append(piece: Uint8Array): Promise<void>
  /** Keeps it for another run. */
  close(): Promise<void>
  remove(): Promise<void>
}

/** Wrapped keys in front of a body, at most. */
const maxHeadBytes = 64 * 1024

/** Smaller files are fetched again as quickly. */
export const keptFrom = 8 * 1024 * 1024

export interface BodyToFetch {
  readonly api: Api
  readonly transfer: TransferId
  readonly entry: BodyEntry
  /** Null: nothing is kept. */
  readonly partial: PartialFile | null
  readonly signal?: AbortSignal | undefined
}

/**
 * Throws RefusedByServer, ServerUnreachable. What stands between may weaken the ETag, or take the Range away: neither costs
 * what was kept.
 */
export async function fetchBody(body: BodyToFetch): Promise<AsyncIterable<Uint8Array>> {
  const { partial } = body
  const kept =
    partial && partial.etag !== null && partial.length > 0 ? { etag: partial.etag, from: partial.length } : null
  const reply = (kept && (await askForRest(body, kept))) ?? (await ask(body, {}))
  const etag = strongOf(reply.headers.get('etag'))
  if (kept && partial && etag === kept.etag) {
    const rest = reply.status === 206 ? reply.arriving : behind(reply.arriving, kept.from)
    return following(partial, rest)
  }
  if (!partial || etag === null) return reply.arriving
  await partial.restart(etag)
  return keeping(partial, reply.arriving)
}

interface Kept {
  readonly etag: string
  readonly from: number
}

/** The rest, or the whole of whatever version; null: neither, so that the whole is asked for. */
async function askForRest(body: BodyToFetch, { etag, from }: Kept): Promise<Reply | null> {
  try {
    const reply = await ask(body, { Range: `bytes=${from}-`, 'If-Range': etag })
    const isRest = strongOf(reply.headers.get('etag')) === etag && startOf(reply.headers) === from
    if (reply.status === 200 || isRest) return reply
    await reply.drop()
    return null
  } catch (error) {
    if (error instanceof RefusedByServer && error.code === 'RANGE_INVALID') return null
    // Something in between that answers nothing but whole files.
    if (error instanceof ForeignAnswer) return null
    throw error
  }
}

/** The service's own are strong: one that came weak was weakened on its way, by who packed it anew, and names the same. */
function strongOf(etag: string | null): string | null {
  return etag?.replace(/^W\//, '') ?? null
}

function startOf(headers: Headers): number | null {
  const [, start] = /^bytes (\d{1,15})-/.exec(headers.get('content-range') ?? '') ?? []
  return start === undefined ? null : Number(start)
}

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly arriving: AsyncIterable<Uint8Array>
  drop(): Promise<void>
}

async function ask(
  { api, transfer, entry, partial, signal }: BodyToFetch,
  headers: Record<string, string>,
): Promise<Reply> {
  const params: { transfer: TransferId; file: FileId } = { transfer, file: entry.id }
  const asked = { params, headers, ...(signal && { signal }) }
  const { status, headers: said, body } = await api.bytes(collectOperations.fetch, asked)
  // Taken at once: Node throws away a body that nobody reads yet when its response is collected as garbage.
  const reader = body.getReader()
  if (status !== 200 && !('Range' in headers && status === 206)) {
    await reader.cancel()
    throw new ForeignAnswer({ status, type: said.get('content-type') ?? '' })
  }
  const most = entry.length + maxHeadBytes
  const goesOn = partial !== null && strongOf(said.get('etag')) !== null
  return { status, headers: said, arriving: arriving(reader, { most, signal, goesOn }), drop: () => reader.cancel() }
}

/** A body that breaks off is the network's, as no answer is. */
async function* arriving(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  {
    most,
    signal,
    goesOn,
  }: { readonly most: number; readonly signal: AbortSignal | undefined; readonly goesOn: boolean },
): AsyncGenerator<Uint8Array, void> {
  let octets = 0
  const read = async () => {
    try {
      return await reader.read()
    } catch (cause) {
      signal?.throwIfAborted()
      throw new ServerUnreachable(describeCutDownload({ goesOn }), { cause })
    }
  }
  try {
    for (let next = await read(); !next.done; next = await read()) {
      octets += next.value.length
      if (octets > most) throw new ServerUnreachable('the file is longer than its sender signed for')
      yield next.value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

async function* following(partial: PartialFile, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* partial.read()
  yield* keeping(partial, rest)
}

async function* keeping(partial: PartialFile, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    await partial.append(piece)
    yield piece
  }
}

/** What comes after so many octets, which are at hand: they came again where nobody may ask for a part. */
async function* behind(source: AsyncIterable<Uint8Array>, octets: number): AsyncGenerator<Uint8Array> {
  let left = octets
  for await (const piece of source) {
    if (piece.length > left) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}
