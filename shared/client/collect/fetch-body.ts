// Fetches one `PKESK || body` so that a cut costs only what had not arrived: what came is kept as it came, encrypted, and a
// later run goes on behind it under the same strong ETag, or from the start (ARCHITECTURE.md#ranges). Nothing of it is
// verified here: whoever reads it to its end compares it with the note, wherever its bytes came from.
import { collectOperations } from '#contract/transfers/collect.ts'
import type { BodyEntry } from '#domain/transfers/documents/dispatch-note.ts'
import type { FileId, TransferId } from '#domain/values.ts'
import { type Api, RefusedByServer, ServerUnreachable } from '../api.ts'

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

/** Throws RefusedByServer, ServerUnreachable. */
export async function fetchBody(body: BodyToFetch): Promise<AsyncIterable<Uint8Array>> {
  const { partial } = body
  if (partial && partial.etag !== null && partial.length > 0) {
    const rest = await fetchRest(body, { etag: partial.etag, from: partial.length })
    if (rest) return following(partial, rest)
  }
  const reply = await ask(body, {})
  const etag = reply.headers.get('etag')
  if (!partial || etag === null) return reply.body
  await partial.restart(etag)
  return kept(partial, reply.body)
}

interface Rest {
  readonly etag: string
  readonly from: number
}

/** Null: another version, or no rest. */
async function fetchRest(body: BodyToFetch, { etag, from }: Rest): Promise<AsyncIterable<Uint8Array> | null> {
  try {
    const { status, headers, body: rest, drop } = await ask(body, { Range: `bytes=${from}-`, 'If-Range': etag })
    const isRest = status === 206 && headers.get('etag') === etag && startOf(headers) === from
    if (isRest) return rest
    await drop()
    return null
  } catch (error) {
    if (error instanceof RefusedByServer && error.code === 'RANGE_INVALID') return null
    throw error
  }
}

function startOf(headers: Headers): number | null {
  const [, start] = /^bytes (\d{1,15})-/.exec(headers.get('content-range') ?? '') ?? []
  return start === undefined ? null : Number(start)
}

async function ask({ api, transfer, entry, signal }: BodyToFetch, headers: Record<string, string>) {
  const params: { transfer: TransferId; file: FileId } = { transfer, file: entry.id }
  const {
    status,
    headers: said,
    body,
  } = await api.bytes(collectOperations.fetch, {
    params,
    headers,
    ...(signal && { signal }),
  })
  // Taken at once: Node throws away a body that nobody reads yet when its response is collected as garbage.
  const reader = body.getReader()
  const most = entry.length + maxHeadBytes
  return { status, headers: said, body: arriving(reader, { most, signal }), drop: () => reader.cancel() }
}

/** A body that breaks off is the network's, as no answer is. */
async function* arriving(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { most, signal }: { readonly most: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void> {
  let octets = 0
  const read = async () => {
    try {
      return await reader.read()
    } catch (cause) {
      signal?.throwIfAborted()
      throw new ServerUnreachable('the download broke off; what arrived is kept, so that it goes on from there', {
        cause,
      })
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
  yield* kept(partial, rest)
}

async function* kept(partial: PartialFile, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    await partial.append(piece)
    yield piece
  }
}
