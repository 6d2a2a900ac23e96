// Everything of a transfer for who opens it with a program of their own (ARCHITECTURE.md#bundle): one zip, stored and
// streamed, with each file as `IDENTIFIER.pgp`, the signed list of them as `contents.pgp`, and the note and its
// addenda, clear-signed.
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { FetchedEnvelope } from '#domain/transfers/decisions/decide-bundle.ts'
import type { SignedBytes } from '#domain/document.ts'
import { type AccountId, manifestFileId, type TransferId } from '#domain/values.ts'
import { clearSigned } from '#openpgp/clear-signed.ts'
import type { BytesReply, Adapters } from '../use-case.ts'
import { wholeEnvelope } from './envelope.ts'

interface Bundled {
  readonly transfer: TransferId
  readonly account: AccountId
  readonly envelopes: readonly FetchedEnvelope[]
  readonly note: SignedBytes
  readonly addenda: readonly SignedBytes[]
  readonly at: string
}

/** Each body is opened when its turn comes: memory stays flat however many there are. */
export async function serveBundle(
  { transfer, account, envelopes, note, addenda, at }: Bundled,
  adapters: Pick<Adapters, 'objects' | 'database'>,
): Promise<BytesReply> {
  const zip = new ZipFile()
  const options = { compress: false, mtime: new Date(at), mode: 0o100600 }
  zip.addBuffer(Buffer.from(await clearSigned(note)), 'dispatch-note.asc', options)
  for (const [index, addendum] of addenda.entries()) {
    zip.addBuffer(Buffer.from(await clearSigned(addendum)), `addendum-${index + 1}.asc`, options)
  }
  let current: Readable | undefined
  for (const { file, envelope } of envelopes) {
    const name = file === manifestFileId ? 'contents.pgp' : `${file}.pgp`
    zip.addReadStreamLazy(name, { ...options, size: envelope.length }, (give) => {
      current = Readable.from(wholeEnvelope(envelope, { transfer, file, account }, adapters), { objectMode: false })
      give(null, current)
    })
  }
  const broken = new Promise<never>((_, reject) => zip.on('error', reject))
  zip.end()
  const body = untilBroken({ source: zip.outputStream, broken, letGo: () => current?.destroy() })
  return { ...bundleHead(transfer), body }
}

export function bundleHead(transfer: TransferId): BytesReply {
  return {
    status: 200,
    body: Readable.from([]),
    headers: {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${transfer}.zip"`,
      'Cache-Control': 'no-store, no-transform',
    },
  }
}

interface Broken {
  readonly source: NodeJS.ReadableStream
  readonly broken: Promise<never>
  readonly letGo: () => unknown
}

/**
 * What the store could not give ends the reply, so that nobody takes a part for the whole; and a reader who leaves lets
 * the file go that was on its way.
 */
async function* untilBroken({ source, broken, letGo }: Broken): AsyncGenerator<Uint8Array> {
  broken.catch(() => undefined)
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  try {
    for (;;) {
      const next = await Promise.race([pieces.next(), broken])
      if (next.done) return
      yield next.value
    }
  } finally {
    letGo()
  }
}
