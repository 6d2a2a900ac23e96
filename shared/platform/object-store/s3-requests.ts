/**
 * Requests to S3: how its client is opened, how bytes are streamed to it, and what its errors mean in the words of our
 * own contract. Whatever is not said there is the store's own trouble, `ObjectStoreUnavailable`:
 * its words are kept, its request is not.
 */
import { Readable } from 'node:stream'
import { S3Client } from '@aws-sdk/client-s3'
import {
  exactly,
  ObjectExists,
  ObjectNotFound,
  ObjectStoreUnavailable,
  type PartBytes,
  PartsRefused,
  UploadNotFound,
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

const CONNECT_MS = 3_000
/** Until an answer begins. Completing a large object takes a store some time. */
const ANSWER_MS = 30_000
/** A connection on which nothing moves, in a body: a slow reader or sender is not meant. */
const IDLE_MS = 60_000
/** Tries of one request, with growing random pauses between them. */
const ATTEMPTS = 3

export const silent = () => undefined

export function openClient({ endpoint, region, pathStyle, accessKeyId, secretAccessKey }: S3Settings): S3Client {
  // Each slow sender and reader holds a connection; the fifty of the default would make all others wait.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY }
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    // Unasked, the SDK adds check sums that other stores take for content.
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
export function knowsNoVersions(error: unknown): boolean {
  const { name, $metadata } = error as Partial<S3Trouble>
  return $metadata?.httpStatusCode === 501 && (name === 'NotImplemented' || name === 'VersioningNotConfigured')
}

type Streaming = { body: Uint8Array | Readable; signal: AbortSignal }

/** Sends bytes as they come. What breaks in their source ends the request, and is what the caller hears of. */
export async function streamed<T>(
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

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new ObjectStoreUnavailable('the object store left out what S3 prescribes')
  return value
}

/** What S3 says, in the words of our contract; whatever is not said there is the store's own trouble. */
export async function asked<T>(work: Promise<T>, contract = CONTRACT): Promise<T> {
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
export const OF_UPLOADS = { ...CONTRACT, NoSuchKey: UploadNotFound }
