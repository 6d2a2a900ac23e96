/** The file store keeps the contract, and nobody else on the machine can read it. */
import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { fileStore } from '#platform/object-store/file-store.ts'
import { objectStoreContract } from './object-store.contract.ts'

const folders: string[] = []

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'safehand-store-'))
  folders.push(folder)
  return folder
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

objectStoreContract(async () => fileStore(await emptyFolder()))

it('[storage/files] a store opened again finds what the former left: objects, and uploads to go on with', async () => {
  const folder = await emptyFolder()
  const former = await fileStore(folder)
  const upload = { key: 'a1', uploadId: await former.begin('a1') }
  const tag = await former.putPart({ ...upload, number: 1, length: 4, bytes: Buffer.from('kept') })
  const later = await fileStore(folder)
  await later.complete({ ...upload, parts: [{ number: 1, tag }] })
  expect(String(Buffer.concat(await Array.fromAsync(await later.read('a1'))))).toBe('kept')
})

it('[storage/files] what was opened and left unread is closed', async () => {
  const folder = await emptyFolder()
  const store = await fileStore(folder)
  const upload = { key: 'a1', uploadId: await store.begin('a1') }
  const tag = await store.putPart({ ...upload, number: 1, length: 4, bytes: Buffer.from('left') })
  await store.complete({ ...upload, parts: [{ number: 1, tag }] })
  const left = await store.read('a1')
  expect(await openedBelow(folder)).toHaveLength(1)
  await left[Symbol.asyncIterator]().return?.()
  expect(await openedBelow(folder)).toEqual([])
})

async function openedBelow(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd')
  const paths = await Promise.all(descriptors.map((one) => readlink(`/proc/self/fd/${one}`).catch(() => '')))
  return paths.filter((path) => path.startsWith(folder))
}

it('[storage/files] files and folders of the store are private, and a finished upload leaves nothing behind', async () => {
  const folder = await emptyFolder()
  const store = await fileStore(folder)
  const upload = { key: 'a1/b2', uploadId: await store.begin('a1/b2') }
  const tag = await store.putPart({ ...upload, number: 1, length: 1, bytes: Buffer.from('x') })
  await store.complete({ ...upload, parts: [{ number: 1, tag }] })
  const modeOf = async (path: string) => (await stat(join(folder, path))).mode & 0o777
  expect(await modeOf('objects/a1/b2')).toBe(0o600)
  expect(await modeOf('objects/a1')).toBe(0o700)
  expect(await readdir(join(folder, 'uploads'))).toEqual([])
})
