/**
 * Objects as files of one folder. An upload is a folder with one data file, into which parts are written at their
 * place, and an empty marker file per durable part; completing links the data file to its key, which is atomic,
 * costs nothing for any size, and cannot replace what is there. Order is everything here: bytes, fsync, marker, fsync.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import {
  checkedKey,
  checkPart,
  exactly,
  lettingGo,
  ObjectExists,
  ObjectNotFound,
  type ObjectStore,
  PART_SIZE,
  type StoredPart,
  UploadNotFound,
  wholeLength,
} from './object-store.ts'

const UPLOAD_ID = /^[0-9a-f]{32}$/
const MARKER = /^(\d{1,6})\.(\d{1,8})\.([0-9a-f]{32})$/
const READ_CHUNK = 1024 * 1024

const UPLOAD_FOLDER = /^([0-9a-f]{32})\.([0-9a-z_]+)$/
const MOST_PARTS = 999_999

type Marker = StoredPart & { file: string }
type WritePart = { data: FileHandle; bytes: AsyncIterable<Uint8Array>; position: number }

/** @param folder is made when it is missing; nobody else may write there. */
export async function fileStore(folder: string): Promise<ObjectStore> {
  const objects = join(folder, 'objects')
  const uploads = join(folder, 'uploads')
  for (const path of [folder, objects, uploads]) await mkdir(path, { recursive: true, mode: 0o700 })
  const fileOf = (key: string) => join(objects, checkedKey(key))
  const uploadOf = ({ key, uploadId }: { key: string; uploadId: string }) => {
    checkedKey(key)
    if (!UPLOAD_ID.test(uploadId)) throw new UploadNotFound('no such upload')
    return join(uploads, `${uploadId}.${key.replaceAll('/', '_')}`)
  }

  return {
    async begin(key) {
      const uploadId = randomBytes(16).toString('hex')
      const upload = uploadOf({ key, uploadId })
      await mkdir(upload, { mode: 0o700 })
      const data = await open(join(upload, 'data'), 'wx', 0o600)
      await data.sync()
      await data.close()
      await syncFolder(upload)
      await syncFolder(uploads)
      return uploadId
    },

    async putPart({ key, uploadId, number, length, bytes }) {
      checkPart({ number, length, most: MOST_PARTS })
      const upload = uploadOf({ key, uploadId })
      const former = (await markersOf(upload)).filter((marker) => marker.number === number)
      for (const { file } of former) await rm(join(upload, file))
      if (former.length > 0) await syncFolder(upload)
      await using data = await opened(join(upload, 'data'), 'r+')
      await writePart({ data, bytes: exactly(length, bytes), position: (number - 1) * PART_SIZE })
      await data.datasync()
      const tag = randomBytes(16).toString('hex')
      await (await open(join(upload, `${number}.${length}.${tag}`), 'wx', 0o600)).close()
      await syncFolder(upload)
      return tag
    },

    async complete({ key, uploadId, parts }) {
      const upload = uploadOf({ key, uploadId })
      const length = wholeLength({ parts, stored: await markersOf(upload) })
      const object = fileOf(key)
      {
        await using data = await opened(join(upload, 'data'), 'r+')
        if ((await data.stat()).size !== length) await data.truncate(length)
        await data.sync()
      }
      await makeFolders({ from: objects, to: dirname(object) })
      await link(join(upload, 'data'), object).catch(async (error) => {
        if (error.code !== 'EEXIST') throw error
        // The same file under both names: a former run was cut off after its link.
        const [ours, theirs] = await Promise.all([stat(join(upload, 'data')), stat(object)])
        if (ours.ino !== theirs.ino) throw new ObjectExists('an object of this key is there already')
      })
      await syncFolder(dirname(object))
      await rm(upload, { recursive: true })
    },

    async abort(upload) {
      await rm(uploadOf(upload), { recursive: true, force: true })
    },

    async read(key, range) {
      const file = await open(fileOf(key), constants.O_RDONLY).catch(rethrowMissing(ObjectNotFound))
      try {
        const { size } = await file.stat()
        const { start, end } = range ?? { start: 0, end: size }
        const fits = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= size
        if (!fits) throw new RangeError(`a range inside 0 to ${size} is needed`)
        return lettingGo(readRange({ file, start, end }), () => file.close())
      } catch (error) {
        await file.close()
        throw error
      }
    },

    async size(key) {
      const found = await stat(fileOf(key)).catch(undefinedWhenMissing)
      return found?.isFile() ? found.size : undefined
    },

    async delete(key) {
      const object = fileOf(key)
      await rm(object, { force: true })
      await syncFolder(dirname(object)).catch(undefinedWhenMissing)
    },

    async *list(prefix) {
      const entries = await readdir(objects, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile())
      const keys = files.map((entry) => relative(objects, join(entry.parentPath, entry.name)))
      yield* keys.filter((key) => key.startsWith(prefix)).sort()
    },

    async *uploadsInProgress(prefix) {
      for (const name of (await readdir(uploads)).sort()) {
        const [, uploadId, path] = name.match(UPLOAD_FOLDER) ?? []
        const key = path?.replaceAll('_', '/')
        if (uploadId === undefined || !key?.startsWith(prefix)) continue
        const found = await stat(join(uploads, name)).catch(undefinedWhenMissing)
        if (found !== undefined) yield { key, uploadId, begunAt: found.birthtime }
      }
    },
  }
}

async function* readRange({ file, start, end }: { file: FileHandle; start: number; end: number }) {
  try {
    for (let at = start; at < end; ) {
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.allocUnsafeSlow(Math.min(READ_CHUNK, end - at)),
        position: at,
      })
      if (bytesRead === 0) throw new Error('the object is shorter than it was')
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Writes the pieces as they come, each while the next is on its way. */
async function writePart({ data, bytes, position }: WritePart): Promise<void> {
  let at = position
  let writing: Promise<void> = Promise.resolve()
  try {
    for await (const piece of bytes) {
      await writing
      writing = writeAll({ data, bytes: piece, position: at })
      // Told below: nobody may be listening while the next piece is awaited.
      writing.catch(() => undefined)
      at += piece.length
    }
  } finally {
    await writing
  }
}

async function writeAll({ data, bytes, position }: { data: FileHandle; bytes: Uint8Array; position: number }) {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await data.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

async function markersOf(upload: string): Promise<Marker[]> {
  const names = await readdir(upload).catch(rethrowMissing(UploadNotFound))
  return names.flatMap((file) => {
    const [, number, length, tag] = file.match(MARKER) ?? []
    if (number === undefined || length === undefined || tag === undefined) return []
    return { number: Number(number), length: Number(length), tag, file }
  })
}

/** Makes the folders of a key, each durable in the one above it. */
async function makeFolders({ from, to }: { from: string; to: string }): Promise<void> {
  if (to === from) return
  await makeFolders({ from, to: dirname(to) })
  const made = await mkdir(to, { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncFolder(dirname(to))
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, constants.O_RDONLY)
  await folder.sync()
}

const opened = (path: string, flags: string) => open(path, flags).catch(rethrowMissing(UploadNotFound))

const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

function rethrowMissing(Missing: new (message: string) => Error) {
  return (error: unknown): never => {
    throw isMissing(error) ? new Missing('it is not there') : error
  }
}

function undefinedWhenMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
  return undefined
}
