/**
 * Objects in a bucket of S3: one multipart upload per object, part by part as ours are, each streamed as it comes with
 * its length known, so that nothing is kept on a disk here. Checksums of the store are neither asked for nor believed:
 * our digests are end to end (ARCHITECTURE.md#object-store). How S3 is asked, and what its errors mean: s3-requests.ts.
 */
import type { Readable } from 'node:stream'
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
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import {
  checkedKey,
  checkPart,
  lettingGo,
  ObjectExists,
  ObjectNotFound,
  type ObjectStore,
  ObjectStoreUnavailable,
  type StoredPart,
  UploadNotFound,
  wholeLength,
} from './object-store.ts'
import {
  asked,
  knowsNoVersions,
  OF_UPLOADS,
  openClient,
  required,
  type S3Settings,
  silent,
  streamed,
} from './s3-requests.ts'

export type S3Store = ObjectStore & {
  /** What is destroyed in such a bucket stays there, in an earlier version. */
  isVersioned(): Promise<boolean>
}

/** S3's own limit: with parts of 8 MiB an object has 78 GiB at most. */
const MOST_PARTS = 10_000
/** A reply that broke off is taken up where it ended, so often without a single octet in between. */
const RESUMES = 3

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

    async *uploadsInProgress(prefix) {
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
