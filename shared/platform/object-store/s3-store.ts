/**
 * Objects in a bucket of S3: one multipart upload per object, part by part as ours are, each streamed as it comes with
 * its length known, so that nothing is kept on a disk here. Checksums of the store are neither asked for nor believed:
 * our digests are end to end (ARCHITECTURE.md#object-store), and what the SDK adds by itself other stores take for
 * content. A store that is down, slow or unwilling is `ObjectStoreUnavailable`: its words are kept, its request is not.
 */
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import {
  checkedKey,
  checkPart,
  exactly,
  lettingGo,
  ObjectExists,
  ObjectNotFound,
  type ObjectStore,
  ObjectStoreUnavailable,
  type PartBytes,
  PartsRefused,
  type StoredPart,
  UploadNotFound,
  wholeLength,
} from './object-store.ts'

export type S3Settings = {
  /** Left out: AWS itself, by its region. */
  endpoint?: string
  region: string
  bucket: string
  /** The bucket in the path instead of the host name, as most stores but AWS want it. */
  pathStyle: boolean
  accessKeyId: string
  secretAccessKey: string
}

export type S3Store = ObjectStore & {
  /** What is destroyed in such a bucket stays there, in an earlier version. */
  isVersioned(): Promise<boolean>
}

/** S3's own limit: with parts of 8 MiB an object has 78 GiB at most. */
const MOST_PARTS = 10_000
const CONNECT_MS = 3_000
/** Until an answer begins. Completing a large object takes a store some time. */
const ANSWER_MS = 30_000
/** A connection on which nothing moves, in a body: a slow reader or sender is not meant. */
const IDLE_MS = 60_000
/** Tries of one request, with growing random pauses between them. */
const ATTEMPTS = 3
/** A reply that broke off is taken up where it ended, so often without a single octet in between. */
const RESUMES = 3

const silent = () => undefined

export function s3Store(settings: S3Settings): S3Store {
  const { bucket: Bucket } = settings
  const client = openClient(settings)

  /** The object's octets from `start`, up to `end` where it is given, and how many it has in all. */
  async function get({ key, start, end }: { key: string; start: number; end: number | undefined }) {
    const Range = `bytes=${start}-${end === undefined ? '' : end - 1}`
    const whole = start === 0 && end === undefined
    const got = await asked(client.send(new GetObjectCommand({ Bucket, Key: key, ...(!whole && { Range }) })))
    const body = got.Body as Readable
    // Heard by whoever iterates; an error before that must not end the process.
    body.on('error', silent)
    const [, first, total] = got.ContentRange?.match(/^bytes (\d+)-\d+\/(\d+)$/) ?? []
    const size = whole ? got.ContentLength : Number(total)
    if (size === undefined || (!whole && Number(first) !== start)) {
      body.destroy()
      throw new ObjectStoreUnavailable('the object store answered another range than was asked for')
    }
    return { body, size }
  }

  async function sizeOf(key: string): Promise<number | undefined> {
    try {
      const head = await asked(client.send(new HeadObjectCommand({ Bucket, Key: key })))
      return head.ContentLength
    } catch (error) {
      if (error instanceof ObjectNotFound) return undefined
      throw error
    }
  }

  async function storedParts({ key, uploadId }: { key: string; uploadId: string }): Promise<StoredPart[]> {
    const found: StoredPart[] = []
    let from: { PartNumberMarker?: string | undefined } = {}
    for (;;) {
      const upload = { Bucket, Key: key, UploadId: uploadId, ...from }
      const page = await asked(client.send(new ListPartsCommand(upload)), OF_UPLOADS)
      for (const { PartNumber, ETag, Size } of page.Parts ?? []) {
        found.push({ number: required(PartNumber), tag: required(ETag), length: required(Size) })
      }
      // Not the SDK's own paging: it goes on for ever with a store that gives a marker with the last page.
      if (!page.IsTruncated) return found
      from = { PartNumberMarker: page.NextPartNumberMarker }
    }
  }

  return {
    async begin(key) {
      const begun = await asked(client.send(new CreateMultipartUploadCommand({ Bucket, Key: checkedKey(key) })))
      return required(begun.UploadId)
    },

    async putPart({ key, uploadId, number, length, bytes }) {
      checkedKey(key)
      checkPart({ number, length, most: MOST_PARTS })
      const part = { Bucket, Key: key, UploadId: uploadId, PartNumber: number, ContentLength: length }
      const { ETag } = await streamed({ length, bytes }, ({ body, signal }) =>
        // A sender may take its time: for this request only standing still counts.
        client.send(new UploadPartCommand({ ...part, Body: body }), { abortSignal: signal, requestTimeout: 0 }),
      )
      return required(ETag)
    },

    async complete({ key, uploadId, parts }) {
      checkedKey(key)
      const length = wholeLength({ parts, stored: await storedParts({ key, uploadId }) })
      // Not every store heeds the condition; the caller's lease keeps others away meanwhile.
      if ((await sizeOf(key)) !== undefined) throw new ObjectExists('an object of this key is there already')
      const Parts = parts.map(({ number, tag }) => ({ PartNumber: number, ETag: tag }))
      const upload = { Bucket, Key: key, UploadId: uploadId, MultipartUpload: { Parts }, IfNoneMatch: '*' }
      try {
        await asked(client.send(new CompleteMultipartUploadCommand(upload)))
      } catch (error) {
        // Done by an attempt whose answer was lost: a moment ago the upload was there, and the object was not.
        const isLost = error instanceof UploadNotFound || error instanceof ObjectExists
        if (!isLost || (await sizeOf(key)) !== length) throw error
      }
    },

    async abort({ key, uploadId }) {
      const upload = { Bucket, Key: checkedKey(key), UploadId: uploadId }
      await asked(client.send(new AbortMultipartUploadCommand(upload))).catch((error: unknown) => {
        if (!(error instanceof UploadNotFound)) throw error
      })
    },

    async read(key, range) {
      checkedKey(key)
      const { start, end } = range ?? { start: 0, end: undefined }
      if (!Number.isInteger(start) || start < 0 || (end !== undefined && (!Number.isInteger(end) || start > end))) {
        throw new RangeError('a range inside the object is needed')
      }
      if (start === end) {
        const size = await sizeOf(key)
        if (size === undefined) throw new ObjectNotFound('it is not there')
        checkInside({ end, size })
        return nothing()
      }
      const { body, size } = await get({ key, start, end })
      try {
        checkInside({ end: end ?? size, size })
      } catch (error) {
        body.destroy()
        throw error
      }
      const again = (at: number, until: number) => get({ key, start: at, end: until })
      return lettingGo(resumed({ start, end: end ?? size, body, again }), () => body.destroy())
    },

    size: (key) => sizeOf(checkedKey(key)),

    async delete(key) {
      await asked(client.send(new DeleteObjectCommand({ Bucket, Key: checkedKey(key) })))
    },

    async *list(prefix) {
      const pages = paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })
      const found = await asked(Array.fromAsync(pages, ({ Contents = [] }) => Contents.map(({ Key = '' }) => Key)))
      yield* found.flat().sort()
    },

    async *unfinished(prefix) {
      let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
      for (;;) {
        const page = await asked(client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...from })))
        for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
          yield { key: required(Key), uploadId: required(UploadId), begunAt: required(Initiated) }
        }
        if (!page.IsTruncated) return
        from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
      }
    },

    async isVersioned() {
      try {
        const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }))
        // Suspended keeps what was there before.
        return Status !== undefined
      } catch (error) {
        if (knowsNoVersions(error)) return false
        return asked(Promise.reject(error))
      }
    },
  }
}

function openClient({ endpoint, region, pathStyle, accessKeyId, secretAccessKey }: S3Settings): S3Client {
  // Each slow sender and reader holds a connection; the fifty of the default would make all others wait.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Asking first costs a connection of its own for each part.
    expectContinueHeader: false,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
    logger: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
  })
}

/** A store without versions says so (S3), or that it has none to speak of (versitygw over a folder). */
function knowsNoVersions(error: unknown): boolean {
  const { name, $metadata } = error as Partial<S3Trouble>
  return $metadata?.httpStatusCode === 501 && (name === 'NotImplemented' || name === 'VersioningNotConfigured')
}

type Streaming = { body: Uint8Array | Readable; signal: AbortSignal }

/** Sends bytes as they come. What breaks in their source ends the request, and is what the caller hears of. */
async function streamed<T>(
  { length, bytes }: { length: number; bytes: PartBytes },
  send: (streaming: Streaming) => Promise<T>,
): Promise<T> {
  const stop = new AbortController()
  if (bytes instanceof Uint8Array) {
    if (bytes.length !== length) throw new PartsRefused(`a part has ${length} octets, as was said`)
    return asked(send({ body: bytes, signal: stop.signal }))
  }
  const body = Readable.from(exactly(length, bytes), { objectMode: false })
  let broken: Error | undefined
  body.on('error', (error) => {
    broken = error
    // The SDK does not listen, and would wait for octets that never come.
    stop.abort()
  })
  try {
    return await asked(send({ body, signal: stop.signal }))
  } catch (error) {
    throw broken ?? error
  } finally {
    body.destroy()
  }
}

type Resumed = {
  start: number
  end: number
  body: Readable
  again: (at: number, end: number) => Promise<{ body: Readable; size: number }>
}

/** A reply that ends early, because the store went away or the reader took its time, is asked for from there on. */
async function* resumed({ start, end, body, again }: Resumed): AsyncGenerator<Uint8Array> {
  let at = start
  for (let inVain = 0; at < end; inVain += 1) {
    if (inVain > RESUMES) throw new ObjectStoreUnavailable('the object store broke off again and again')
    const from = inVain === 0 && at === start ? body : (await again(at, end)).body
    try {
      for await (const piece of from as AsyncIterable<Uint8Array>) {
        inVain = 0
        at += piece.length
        if (at > end) throw new ObjectStoreUnavailable('the object store gave more than was asked for')
        yield piece
      }
    } catch (error) {
      if (error instanceof ObjectStoreUnavailable) throw error
    } finally {
      from.destroy()
    }
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function checkInside({ end, size }: { end: number; size: number }): void {
  if (end > size) throw new RangeError(`a range inside 0 to ${size} is needed`)
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new ObjectStoreUnavailable('the object store left out what S3 prescribes')
  return value
}

/** What S3 says, in the words of our contract; whatever is not said there is the store's own trouble. */
async function asked<T>(work: Promise<T>, contract = CONTRACT): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ObjectStoreUnavailable) throw error
    const { name = 'Error', message = '', code = '', $metadata } = error as Partial<S3Trouble>
    const told = contract[name]
    if (told !== undefined) throw new told(name === 'InvalidRange' ? 'a range inside the object is needed' : name)
    const status = $metadata?.httpStatusCode
    throw new ObjectStoreUnavailable(`object store: ${[name, status, code, message].filter(Boolean).join(' ')}`)
  }
}

type S3Trouble = { name: string; message: string; code: string; $metadata: { httpStatusCode?: number } }

const CONTRACT: Record<string, new (message: string) => Error> = {
  NoSuchKey: ObjectNotFound,
  NotFound: ObjectNotFound,
  NoSuchUpload: UploadNotFound,
  InvalidRange: RangeError,
  PreconditionFailed: ObjectExists,
  InvalidPart: PartsRefused,
  InvalidPartOrder: PartsRefused,
  EntityTooSmall: PartsRefused,
}

/** Where an upload is asked about, what is not there is the upload, by whatever name (Ceph: NoSuchKey). */
const OF_UPLOADS = { ...CONTRACT, NoSuchKey: UploadNotFound }
