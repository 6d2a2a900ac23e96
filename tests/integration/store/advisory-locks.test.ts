import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '#store/database.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'

let database: TestDatabase
let other: OpenDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  other = openDatabase(database.urls.housekeeper)
})
afterAll(async () => {
  await other?.close()
  await database?.drop()
})

/** Whether each was let in while the first was at work, and afterwards. */
async function entering(name: string, { withLock }: OpenDatabase): Promise<[boolean, boolean]> {
  const own = database.as.housekeeper
  const meanwhile = await own.withLock(name, () => withLock(name, async () => true))
  return [meanwhile ?? false, (await withLock(name, async () => true)) ?? false]
}

it('[operate/locks] a lock is for one job at a time, in one process as in two, and is free when its work has ended', async () => {
  expect(await entering('same process', database.as.housekeeper)).toEqual([false, true])
  expect(await entering('two processes', other)).toEqual([false, true])
  const failing = database.as.housekeeper.withLock('failing', () => Promise.reject(new Error('not now')))
  await expect(failing).rejects.toThrow('not now')
  expect(await other.withLock('failing', async () => true)).toBe(true)
})

it('[operate/locks] whose connection is gone has let go of its locks, and gets others', async () => {
  const own = database.as.housekeeper
  const end = `select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())`
  await own.withLock('killed', async () => {
    await own.pool.query(end)
    expect(await other.withLock('killed', async () => true)).toBe(true)
    const another = () => own.withLock('another', async () => true)
    // Who asks on the connection as it ends is told so, and asks again, as every job does.
    expect(await another().catch(another)).toBe(true)
  })
  expect(await own.withLock('killed', async () => true)).toBe(true)
})
