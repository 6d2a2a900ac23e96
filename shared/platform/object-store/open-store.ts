/**
 * Opens the object store of the settings and tries it before anything is trusted to it: what a process may not do there
 * shows at its start, not in somebody's upload. A bucket that keeps earlier versions is refused: what is destroyed is
 * to be gone (ARCHITECTURE.md#object-store).
 */
import { randomBytes } from 'node:crypto'
import { fileStore } from './file-store.ts'
import type { ObjectStore } from './object-store.ts'
import type { ObjectStoreSettings } from './settings.ts'

/** `writes`: one that only reads gets rights to read, and no others. Throws, naming the setting that is to be looked at. */
export async function openObjectStore({
  settings,
  writes,
}: {
  settings: ObjectStoreSettings
  writes: boolean
}): Promise<ObjectStore> {
  const store = 'folder' in settings ? await fileStore(settings.folder) : await openBucket(settings.s3)
  const setting = 'folder' in settings ? 'SAFEHAND_OBJECTS' : 'S3_BUCKET'
  try {
    await (writes ? writeReadDelete(store) : store.size(`probe/${randomBytes(16).toString('hex')}`))
  } catch (error) {
    throw new Error(`${setting}: the object store cannot be used: ${told(error)}`)
  }
  return store
}

async function openBucket(settings: Extract<ObjectStoreSettings, { s3: unknown }>['s3']): Promise<ObjectStore> {
  // The SDK is large: only who uses it loads it.
  const { s3Store } = await import('./s3-store.ts')
  const store = s3Store(settings)
  const isVersioned = await store.isVersioned().catch((error) => {
    throw new Error(`S3_BUCKET: whether the bucket keeps versions cannot be seen: ${told(error)}`)
  })
  if (isVersioned) throw new Error('S3_BUCKET is versioned, and would keep what is destroyed: take one that is not')
  return store
}

async function writeReadDelete(store: ObjectStore): Promise<void> {
  const key = `probe/${randomBytes(16).toString('hex')}`
  const written = randomBytes(32)
  const upload = { key, uploadId: await store.begin(key) }
  const tag = await store.putPart({ ...upload, number: 1, length: written.length, bytes: written })
  await store.complete({ ...upload, parts: [{ number: 1, tag }] })
  const read = Buffer.concat(await Array.fromAsync(await store.read(key)))
  if (!read.equals(written)) throw new Error('it gave back something else than it was given')
  await store.delete(key)
  if ((await store.size(key)) !== undefined) throw new Error('it keeps what was deleted')
}

const told = (error: unknown) => (error instanceof Error ? error.message : String(error))
