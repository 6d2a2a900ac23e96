// The scanner's own work on one file, beside clamd alone on the same plaintext (ARCHITECTURE.md#measures). Ours reads
// the body from the real store, walks, decrypts, digests both sides and streams to clamd; the reference streams the
// plain file to it.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import type { TransferFile } from '#domain/transfers/transfer.ts'
import type { FileId } from '#domain/values.ts'
import { bodyLength, encodeBody } from '#openpgp/body-encoder.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { rechunk } from '#openpgp/streams.ts'
import { type ClamdAddress, type ScanResult, scanStream } from '#platform/clamd.ts'
import { fileStore } from '#platform/object-store/file-store.ts'
import type { ObjectStore, UploadedPart } from '#platform/object-store/object-store.ts'
import { scanFile } from '../../worker/scanner/scan-file.ts'
import { clamdWindows } from '../../worker/scanner/scan-windows.ts'
import { type Comparison, compare } from './compare.ts'
import { type Seeded, seededPieces, writeSeeded } from './seeded.ts'
import { metered } from './usage.ts'

const mebibyte = 1024 * 1024
const key = 'bench/body'

export interface ScanOptions {
  readonly mib: number
  readonly rounds: number
  readonly clamd: ClamdAddress
  readonly folder: string
}

export async function benchScan({ mib, rounds, clamd, folder }: ScanOptions): Promise<Comparison> {
  const data: Seeded = { kind: 'random', seed: 'scan', mib }
  const plain = join(folder, 'plain.bin')
  await writeSeeded(plain, data)
  const objects = await fileStore(join(folder, 'objects'))
  const sessionKey = asSessionKey(new Uint8Array(randomBytes(32)))
  await storeBody(objects, { sessionKey, data })
  const size = mib * mebibyte
  const id = 'ab'.repeat(16) as FileId
  const file: TransferFile = { id, length: bodyLength(size), size, objectKey: key, bodyDigest: null }
  const scanOurs = async () => {
    const asked = {
      file,
      profile: 'v2-gcm',
      sessionKey,
      keep: 0,
      name: null,
      limit: size,
      mediaType: undefined,
    } as const
    const { result, plaintext } = await scanFile({ objects, clamd, windows: clamdWindows }, asked)
    if (plaintext?.length !== size) throw new Error('the body did not open')
    requireClean(result)
  }
  const scanPlain = async () => {
    const bytes = createReadStream(plain, { highWaterMark: mebibyte })
    requireClean(await scanStream({ clamd, bytes }))
  }
  return compare({
    mib,
    rounds,
    ours: () => metered(process, scanOurs),
    reference: () => metered(process, scanPlain),
  })
}

export function requireClean(result: ScanResult): void {
  if (result.verdict !== 'clean') throw new Error(`clamd said ${JSON.stringify(result)}`)
}

type Storing = { readonly sessionKey: ReturnType<typeof asSessionKey>; readonly data: Seeded }

async function storeBody(objects: ObjectStore, { sessionKey, data }: Storing): Promise<void> {
  const length = data.mib * mebibyte
  const source = asyncly(seededPieces(data))
  const body = encodeBody({ sessionKey, salt: new Uint8Array(randomBytes(32)), length, source })
  const uploadId = await objects.begin(key)
  const parts: UploadedPart[] = []
  for await (const { bytes } of rechunk({ source: body, size: partSize })) {
    const number = parts.length + 1
    parts.push({ number, tag: await objects.putPart({ key, uploadId, number, length: bytes.length, bytes }) })
  }
  await objects.complete({ key, uploadId, parts })
}

async function* asyncly<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values
}
