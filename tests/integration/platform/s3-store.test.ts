/** S3 keeps the contract, on Ceph's gateway; and what is S3's own: connections that break, stores that do not answer. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListPartsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { afterAll, describe, expect, it } from 'vitest'
import { ObjectStoreUnavailable, PART_SIZE } from '#platform/object-store/object-store.ts'
import { openObjectStore } from '#platform/object-store/open-store.ts'
import { s3Store } from '#platform/object-store/s3-store.ts'
import { objectStoreSettings } from '#platform/object-store/settings.ts'
import { type Bucket, createBucket, wireTo } from '../../fixtures/s3.ts'
import { objectStoreContract } from './object-store.contract.ts'

const KEY = 'a1b2/manifest'
const ends: (() => Promise<unknown>)[] = []

async function emptyBucket(): Promise<Bucket> {
  const bucket = await createBucket()
  ends.push(() => bucket.remove())
  return bucket
}

async function wired({ settings }: Bucket) {
  const { wire, url } = await wireTo(settings)
  ends.unshift(() => wire.close())
  return { wire, store: s3Store({ ...settings, endpoint: url }) }
}

async function storeObject(bucket: Bucket, bytes: Uint8Array): Promise<void> {
  const store = s3Store(bucket.settings)
  const upload = { key: KEY, uploadId: await store.begin(KEY) }
  const tag = await store.putPart({ ...upload, number: 1, length: bytes.length, bytes })
  await store.complete({ ...upload, parts: [{ number: 1, tag }] })
}

afterAll(async () => {
  for (const end of ends) await end()
})

objectStoreContract(async () => s3Store((await emptyBucket()).settings))

describe('[storage/s3-cut] S3 over a wire that is cut', () => {
  it('[storage/s3-cut] a read goes on where it ended, and gives every octet once', async () => {
    const bucket = await emptyBucket()
    const bytes = randomBytes(PART_SIZE)
    await storeObject(bucket, bytes)
    const { wire, store } = await wired(bucket)
    const pieces: Uint8Array[] = []
    for await (const piece of await store.read(KEY, { start: 10, end: PART_SIZE - 10 })) {
      pieces.push(piece)
      if (pieces.length !== 3) continue
      await wire.refuse()
      await wire.lift()
    }
    expect(Buffer.concat(pieces).equals(bytes.subarray(10, PART_SIZE - 10))).toBe(true)
  })

  it('[storage/s3-cut] a read that nobody began is broken off, and holds no connection', async () => {
    const bucket = await emptyBucket()
    await storeObject(bucket, randomBytes(PART_SIZE))
    const { wire, store } = await wired(bucket)
    const left = await store.read(KEY)
    expect(wire.lines.size).toBe(1)
    await left[Symbol.asyncIterator]().return?.()
    await expect.poll(() => wire.lines.size).toBe(0)
  })

  it('[storage/s3-cut] a read of a store that stays away ends with an error, not with a short object', async () => {
    const bucket = await emptyBucket()
    await storeObject(bucket, randomBytes(PART_SIZE))
    const { wire, store } = await wired(bucket)
    const read = async () => {
      let pieces = 0
      for await (const _ of await store.read(KEY)) if (pieces++ === 0) await wire.refuse()
    }
    await expect(read()).rejects.toThrow(ObjectStoreUnavailable)
  })

  it('[storage/s3-cut] a part that was cut off does not count, and its sender is told at once', async () => {
    const bucket = await emptyBucket()
    const { wire, store } = await wired(bucket)
    const upload = { key: KEY, uploadId: await store.begin(KEY) }
    const slow = async function* () {
      yield randomBytes(1024 * 1024)
      await wire.refuse()
      for (;;) yield randomBytes(1024 * 1024)
    }
    const part = store.putPart({ ...upload, number: 1, length: PART_SIZE, bytes: slow() })
    await expect(part).rejects.toThrow(ObjectStoreUnavailable)
    const { settings, client } = bucket
    const { Parts = [] } = await client.send(
      new ListPartsCommand({ Bucket: settings.bucket, Key: KEY, UploadId: upload.uploadId }),
    )
    expect(Parts).toEqual([])
  })

  it('[storage/s3-cut] an object that was completed without anybody hearing of it is there, and no error', async () => {
    const bucket = await emptyBucket()
    const { wire, store } = await wired(bucket)
    const upload = { key: KEY, uploadId: await store.begin(KEY) }
    const tag = await store.putPart({ ...upload, number: 1, length: 5, bytes: Buffer.from('whole') })
    let lost = 0
    wire.watch(({ bytes, line, direction }) => {
      if (direction === 'back' || lost > 0 || !bytes.toString('latin1').startsWith('POST ')) return
      lost += 1
      line.loseAnswer()
    })
    await store.complete({ ...upload, parts: [{ number: 1, tag }] })
    expect(lost).toBe(1)
    expect(String(Buffer.concat(await Array.fromAsync(await store.read(KEY))))).toBe('whole')
  })

  it('[storage/s3-cut] every other act says that the store is away, and names neither key nor secret', async () => {
    const bucket = await emptyBucket()
    const { wire, store } = await wired(bucket)
    await wire.refuse()
    const upload = { key: KEY, uploadId: 'x', parts: [{ number: 1, tag: 'x' }] }
    for (const act of [
      () => store.begin(KEY),
      () => store.complete(upload),
      () => store.abort(upload),
      () => store.size(KEY),
      () => store.read(KEY),
      () => store.delete(KEY),
      () => Array.fromAsync(store.list('')),
      () => Array.fromAsync(store.uploadsInProgress('')),
    ]) {
      const error: unknown = await Promise.resolve(act()).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ObjectStoreUnavailable)
      const { accessKeyId, secretAccessKey } = bucket.settings
      for (const secret of [accessKeyId, secretAccessKey]) expect(shown(error)).not.toContain(secret)
    }
  })
})

/** All that a log could show of an error. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [
    error.stack,
    JSON.stringify(error),
    ...Reflect.ownKeys(error).map((key) => String(Reflect.get(error, key))),
  ].join()
}

describe('[storage/start-check] a bucket that is tried at the start', () => {
  const opened = (settings: Bucket['settings']) => openObjectStore({ settings: { s3: settings }, writes: true })

  it('[storage/start-check] is empty again when all was well', async () => {
    const { settings } = await emptyBucket()
    const store = await opened(settings)
    expect(await Array.fromAsync(store.list(''))).toEqual([])
    expect(await Array.fromAsync(store.uploadsInProgress(''))).toEqual([])
  })

  it('[storage/no-versions] is refused when it keeps versions, or kept them once: what is destroyed would stay', async () => {
    const { settings, client } = await emptyBucket()
    for (const Status of ['Enabled', 'Suspended'] as const) {
      await client.send(
        new PutBucketVersioningCommand({ Bucket: settings.bucket, VersioningConfiguration: { Status } }),
      )
      await expect(opened(settings)).rejects.toThrow('S3_BUCKET is versioned')
    }
  })

  it('[storage/start-check] is refused when it is not there, or its key is wrong; the secret is not told', async () => {
    const { settings } = await emptyBucket()
    await expect(opened({ ...settings, bucket: 'safehand-nowhere' })).rejects.toThrow(/S3_BUCKET.*NoSuchBucket/)
    const secretAccessKey = 'not-the-secret-that-is-told'
    const error: unknown = await opened({ ...settings, secretAccessKey }).catch((thrown: unknown) => thrown)
    expect(shown(error)).toMatch(/S3_BUCKET.*SignatureDoesNotMatch/)
    expect(shown(error)).not.toContain(secretAccessKey)
  })

  it('[storage/start-check] or a folder, whose settings are whole, and never both', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'safehand-settings-'))
    ends.push(() => rm(folder, { recursive: true }))
    const { settings, processSettings } = await emptyBucket()
    const env = await processSettings(folder)
    expect(objectStoreSettings(env)).toEqual({ s3: settings })
    expect(objectStoreSettings({ SAFEHAND_OBJECTS: folder })).toEqual({ folder })
    expect(() => objectStoreSettings({})).toThrow('set SAFEHAND_OBJECTS (a folder) or S3_BUCKET')
    expect(() => objectStoreSettings({ ...env, SAFEHAND_OBJECTS: folder })).toThrow('set one or the other')
    for (const name of ['S3_ACCESS_KEY_ID', 'S3_SECRET_KEY_FILE']) {
      expect(() => objectStoreSettings({ ...env, [name]: undefined })).toThrow(`needs ${name}`)
    }
    expect(() => objectStoreSettings({ ...env, S3_SECRET_KEY_FILE: join(folder, 'none') })).toThrow('ENOENT')
  })
})
