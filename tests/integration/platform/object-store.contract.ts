/** The contract of `ObjectStore`, as tests: run on every implementation, each time with an empty store. */
import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  ObjectExists,
  ObjectNotFound,
  type ObjectStore,
  PART_SIZE,
  PartsRefused,
  UploadNotFound,
} from '#platform/object-store/object-store.ts'

const KEY = 'a1b2/manifest'

export function objectStoreContract(makeStore: () => Promise<ObjectStore>): void {
  describe('[storage/contract] the contract of an object store', () => {
    let store: ObjectStore
    beforeEach(async () => {
      store = await makeStore()
    })

    it('[storage/contract] gives back, whole and by range, what was put in parts', async () => {
      const bytes = randomBytes(PART_SIZE + 1000)
      await store.complete(await putParts({ store, key: KEY, bytes }))
      expect(await store.size(KEY)).toBe(bytes.length)
      expect((await allOf(await store.read(KEY))).equals(bytes)).toBe(true)
      const range = { start: PART_SIZE - 3, end: PART_SIZE + 5 }
      expect(await allOf(await store.read(KEY, range))).toEqual(bytes.subarray(range.start, range.end))
      expect(await allOf(await store.read(KEY, { start: 7, end: 7 }))).toHaveLength(0)
    })

    it('[storage/contract] shows nothing before an upload is completed, and keeps it once it is', async () => {
      const upload = await putParts({ store, key: KEY, bytes: randomBytes(10) })
      expect(await store.size(KEY)).toBeUndefined()
      expect(await keysOf(store)).toEqual([])
      await expect(store.read(KEY)).rejects.toThrow(ObjectNotFound)
      await store.complete(upload)
      expect(await keysOf(store)).toEqual([KEY])
      await expect(store.complete(upload)).rejects.toThrow(UploadNotFound)
    })

    it('[storage/contract] takes the last of two parts of one number, and only its tag', async () => {
      const uploadId = await store.begin(KEY)
      const former = await put({ store, key: KEY, uploadId, number: 1, bytes: Buffer.from('the longer one') })
      const tag = await put({ store, key: KEY, uploadId, number: 1, bytes: Buffer.from('shorter') })
      const upload = { key: KEY, uploadId }
      await expect(store.complete({ ...upload, parts: [{ number: 1, tag: former }] })).rejects.toThrow(PartsRefused)
      await store.complete({ ...upload, parts: [{ number: 1, tag }] })
      expect(String(await allOf(await store.read(KEY)))).toBe('shorter')
    })

    it('[storage/contract] takes a part as it comes, and has none of one that broke off', async () => {
      const uploadId = await store.begin(KEY)
      const upload = { key: KEY, uploadId }
      const broken = async function* () {
        yield Buffer.from('more than what comes later')
        throw new Error('broke off')
      }
      await expect(store.putPart({ ...upload, number: 1, length: 100, bytes: broken() })).rejects.toThrow('broke off')
      await expect(store.complete({ ...upload, parts: [] })).rejects.toThrow(PartsRefused)
      const whole = async function* () {
        yield Buffer.from('wh')
        yield Buffer.from('ole')
      }
      const tag = await store.putPart({ ...upload, number: 1, length: 5, bytes: whole() })
      await store.complete({ ...upload, parts: [{ number: 1, tag }] })
      expect(String(await allOf(await store.read(KEY)))).toBe('whole')
    })

    it('[storage/contract] has no part that is longer or shorter than was said, though all its octets came', async () => {
      const upload = { key: KEY, uploadId: await store.begin(KEY) }
      const endless = async function* () {
        for (;;) yield Buffer.alloc(1024 * 1024)
      }
      const short = async function* () {
        yield Buffer.from('four')
      }
      for (const [length, bytes] of [
        [PART_SIZE, endless()],
        [5, short()],
        [3, short()],
        [5, Buffer.from('four')],
        [3, Buffer.from('four')],
      ] as const) {
        await expect(store.putPart({ ...upload, number: 1, length, bytes })).rejects.toThrow(PartsRefused)
      }
      const tag = await put({ store, ...upload, number: 2, bytes: Buffer.from('x') })
      await expect(store.complete({ ...upload, parts: [{ number: 2, tag }] })).rejects.toThrow('part 1')
    })

    it('[storage/contract] never replaces an object', async () => {
      await store.complete(await putParts({ store, key: KEY, bytes: Buffer.from('first') }))
      const second = await putParts({ store, key: KEY, bytes: Buffer.from('second') })
      await expect(store.complete(second)).rejects.toThrow(ObjectExists)
      expect(String(await allOf(await store.read(KEY)))).toBe('first')
    })

    it('[storage/contract] refuses a gap, a short part before the last, a part left out, none at all and one too long', async () => {
      const uploadId = await store.begin(KEY)
      const zeros = (number: number, length: number) =>
        put({ store, key: KEY, uploadId, number, bytes: Buffer.alloc(length, number) })
      const complete = (parts: { number: number; tag: string }[]) => store.complete({ key: KEY, uploadId, parts })
      await expect(complete([])).rejects.toThrow(PartsRefused)
      const third = { number: 3, tag: await zeros(3, 5) }
      await expect(complete([third])).rejects.toThrow(PartsRefused)
      const second = { number: 2, tag: await zeros(2, 5) }
      const first = { number: 1, tag: await zeros(1, PART_SIZE) }
      await expect(complete([first, second])).rejects.toThrow(PartsRefused)
      await expect(complete([first, second, third])).rejects.toThrow(PartsRefused)
      await expect(zeros(1, PART_SIZE + 1)).rejects.toThrow(PartsRefused)
      await expect(zeros(0, 5)).rejects.toThrow(PartsRefused)
      await expect(zeros(1, 0)).rejects.toThrow(PartsRefused)
      expect(await store.size(KEY)).toBeUndefined()
    })

    it('[storage/contract] forgets an aborted upload; abort and delete may be repeated', async () => {
      const upload = await putParts({ store, key: KEY, bytes: Buffer.from('gone') })
      await store.abort(upload)
      await store.abort(upload)
      await expect(store.complete(upload)).rejects.toThrow(UploadNotFound)
      await store.complete(await putParts({ store, key: KEY, bytes: Buffer.from('stays') }))
      await store.delete(KEY)
      await store.delete(KEY)
      expect(await store.size(KEY)).toBeUndefined()
    })

    it('[storage/contract] lists by prefix, sorted', async () => {
      for (const key of ['b2/1', 'a1/2', 'a1/1']) {
        await store.complete(await putParts({ store, key, bytes: Buffer.from(key) }))
      }
      expect(await keysOf(store, 'a1/')).toEqual(['a1/1', 'a1/2'])
      expect(await keysOf(store)).toEqual(['a1/1', 'a1/2', 'b2/1'])
    })

    it('[storage/contract] tells which uploads were begun and neither completed nor aborted, and since when', async () => {
      const before = Date.now() - 2_000
      const left = { key: 'c3/1', uploadId: await store.begin('c3/1') }
      await store.abort({ key: 'c3/2', uploadId: await store.begin('c3/2') })
      await store.complete(await putParts({ store, key: 'c3/3', bytes: Buffer.from('whole') }))
      await store.begin('d4/1')
      const found = await Array.fromAsync(store.uploadsInProgress('c3/'))
      expect(found.map(({ key, uploadId }) => ({ key, uploadId }))).toEqual([left])
      expect(found[0]?.begunAt.getTime()).toBeGreaterThan(before)
      await store.abort(left)
      expect(await Array.fromAsync(store.uploadsInProgress('c3/'))).toEqual([])
    })

    it('[storage/contract] gives what is missing its name: no object, no upload', async () => {
      await expect(store.read('e5/1', { start: 0, end: 0 })).rejects.toThrow(ObjectNotFound)
      await expect(store.read('e5/1', { start: 0, end: 4 })).rejects.toThrow(ObjectNotFound)
      const gone = { key: KEY, uploadId: await store.begin(KEY) }
      await store.abort(gone)
      await expect(put({ store, ...gone, number: 1, bytes: Buffer.from('x') })).rejects.toThrow(UploadNotFound)
    })

    it('[storage/contract] lets go of an object whose reader has had enough, and gives it again', async () => {
      const bytes = randomBytes(PART_SIZE)
      await store.complete(await putParts({ store, key: KEY, bytes }))
      for await (const piece of await store.read(KEY)) {
        expect(piece.length).toBeGreaterThan(0)
        break
      }
      expect((await allOf(await store.read(KEY))).equals(bytes)).toBe(true)
    })

    it('[storage/contract] refuses keys that are not made of ids, and ranges outside the object', async () => {
      for (const key of ['../secret', 'a/../b', '/etc/passwd', 'a//b', '', 'A', 'a.b', 'a\\b', 'a/', 'a\n']) {
        await expect(store.begin(key), key).rejects.toThrow(RangeError)
        await expect(store.read(key), key).rejects.toThrow(RangeError)
        await expect(store.delete(key), key).rejects.toThrow(RangeError)
      }
      await store.complete(await putParts({ store, key: KEY, bytes: Buffer.from('12345') }))
      for (const range of [
        { start: 0, end: 6 },
        { start: -1, end: 2 },
        { start: 3, end: 2 },
      ]) {
        await expect(store.read(KEY, range)).rejects.toThrow(RangeError)
      }
      await expect(put({ store, key: KEY, uploadId: '../x', number: 1, bytes: Buffer.from('x') })).rejects.toThrow()
    })
  })
}

type Put = { store: ObjectStore; key: string; bytes: Uint8Array }

const put = ({ store, ...part }: Put & { uploadId: string; number: number }) =>
  store.putPart({ ...part, length: part.bytes.length })

async function putParts({ store, key, bytes }: Put) {
  const uploadId = await store.begin(key)
  const parts = []
  for (let at = 0, number = 1; at < bytes.length; at += PART_SIZE, number++) {
    const tag = await put({ store, key, uploadId, number, bytes: bytes.subarray(at, at + PART_SIZE) })
    parts.push({ number, tag })
  }
  return { key, uploadId, parts }
}

const allOf = async (stream: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(stream))
const keysOf = (store: ObjectStore, prefix = '') => Array.fromAsync(store.list(prefix))
