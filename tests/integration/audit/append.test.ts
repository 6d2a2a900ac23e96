/** audit.append(), the only way into a log: compare-and-swap on the head, in order, whole or not at all. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { LogOrigin } from '#domain/audit/entry.ts'
import { sha256 } from '#platform/crypto.ts'
import { loadEntries, loadHead } from '#store/audit.ts'
import { append, emptyFrontier, leafHash } from '#tlog/merkle.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { organisationLog, originOf } from '../../fixtures/logs.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await createTestDatabase(inject('services'))
})
afterAll(() => test.drop())

/** Puts texts into the log's intake as they are; returns their ids in the same order. */
async function waiting(log: LogOrigin, texts: readonly string[]): Promise<number[]> {
  const ids: number[] = []
  for (const text of texts) {
    const { rows } = await sql<{ id: number }>`
      insert into audit.intake (log, bytes) values (${log}, ${bytesOf(text)}) returning id`.execute(
      test.as.owner.database,
    )
    ids.push(rows[0]!.id)
  }
  return ids
}

const bytesOf = (text: string) => Buffer.from(JSON.stringify({ event: 'audit.viewed', code: null, text }))

async function appendAt(
  log: LogOrigin,
  expectedSize: number,
  ids: readonly (number | null)[],
  texts = ids.map(String),
) {
  const head = await loadHead(test.as.housekeeper.database, log)
  const hashes = texts.map((text) => leafHash(sha256, bytesOf(text)))
  const grown = append(sha256, { frontier: { size: head.size, hashes: head.frontier }, hashes })
  await sql`select audit.append(${log}, ${expectedSize}, ${ids}::bigint[], ${grown.hashes}::bytea[],
    '{}', '{}', '{}')`.execute(test.as.housekeeper.database)
}

const entriesOf = async (log: LogOrigin) => {
  const entries = await loadEntries(test.as.housekeeper.database, log, { from: 0, to: 1_000 })
  return entries.map((bytes) => (JSON.parse(new TextDecoder().decode(bytes)) as { text: string }).text)
}

describe('audit.append', () => {
  it('[log/append] places entries in the order of the ids it is given, whatever order they came in', async () => {
    const log = originOf(organisationLog())
    const [a, b, c, d] = await waiting(log, ['a', 'b', 'c', 'd'])
    await appendAt(log, 0, [c!, a!], ['c', 'a'])
    await appendAt(log, 2, [d!, b!], ['d', 'b'])
    expect(await entriesOf(log)).toEqual(['c', 'a', 'd', 'b'])
    const { size, frontier } = await loadHead(test.as.housekeeper.database, log)
    const hashes = ['c', 'a', 'd', 'b'].map((text) => leafHash(sha256, bytesOf(text)))
    expect(size).toBe(4)
    expect(frontier.map((hash) => Buffer.from(hash))).toEqual(
      append(sha256, { frontier: emptyFrontier, hashes }).hashes.map((hash) => Buffer.from(hash)),
    )
  })

  it('[log/append] refuses a size that is not the head’s', async () => {
    const log = originOf(organisationLog())
    const ids = await waiting(log, ['a'])
    await expect(appendAt(log, 1, ids)).rejects.toMatchObject({ code: '40001' })
    await appendAt(log, 0, ids, ['a'])
    const [again] = await waiting(log, ['b'])
    await expect(appendAt(log, 3, [again!])).rejects.toMatchObject({ code: '40001' })
    expect(await entriesOf(log)).toEqual(['a'])
  })

  it('[log/append] refuses ids named twice, unknown, null, or of another log, and leaves all where they were', async () => {
    const log = originOf(organisationLog())
    const other = originOf(organisationLog())
    const [a, b] = await waiting(log, ['a', 'b'])
    const [foreign] = await waiting(other, ['foreign'])
    for (const ids of [
      [a!, a!, b!],
      [a!, 999_999_999],
      [a!, null],
      [a!, foreign!],
    ]) {
      await expect(appendAt(log, 0, ids)).rejects.toMatchObject({ code: '40001' })
    }
    expect(await entriesOf(log)).toEqual([])
    await appendAt(log, 0, [a!, b!], ['a', 'b'])
    await appendAt(other, 0, [foreign!], ['foreign'])
    expect([await entriesOf(log), await entriesOf(other)]).toEqual([['a', 'b'], ['foreign']])
  })

  it('[log/append] refuses to replace a frontier without an entry, and one of another size', async () => {
    const log = originOf(organisationLog())
    const [a] = await waiting(log, ['a'])
    await expect(appendAt(log, 0, [])).rejects.toThrow('nothing to append')
    await expect(appendAt(log, 0, [a!], ['a', 'b', 'c'])).rejects.toThrow('not the frontier of a log of 1')
  })

  it('[log/append] refuses to append without durability', async () => {
    const log = originOf(organisationLog())
    const ids = await waiting(log, ['a'])
    const attempt = test.as.housekeeper.database.transaction().execute(async (tx) => {
      await sql`set local synchronous_commit = off`.execute(tx)
      await sql`select audit.append(${log}, 0, ${ids}::bigint[], ${[Buffer.alloc(32)]}::bytea[], '{}', '{}', '{}')`.execute(
        tx,
      )
    })
    await expect(attempt).rejects.toThrow('durably or not at all')
  })

  it.each(['server', 'scanner'] as const)('[log/append] is not for the %s', async (role) => {
    const call = sql`select audit.append('x', 0, '{1}', '{}', '{}', '{}', '{}')`.execute(test.as[role].database)
    await expect(call).rejects.toMatchObject({ code: '42501' })
  })

  it('[log/append] is the only way: nobody may insert, change or remove an entry', async () => {
    const log = originOf(organisationLog())
    await appendAt(log, 0, await waiting(log, ['a']), ['a'])
    for (const role of ['server', 'scanner', 'housekeeper'] as const) {
      const { database } = test.as[role]
      for (const attempt of [
        sql`insert into audit.entry select log, index + 1, bytes, leaf_hash from audit.entry`,
        sql`update audit.entry set bytes = ''`,
        sql`delete from audit.entry`,
        sql`truncate audit.entry`,
        sql`delete from audit.intake`,
        sql`update audit.log set size = 0`,
        sql`delete from audit.checkpoint`,
        sql`update audit.checkpoint set note = ''`,
      ]) {
        await expect(attempt.execute(database)).rejects.toMatchObject({ code: '42501' })
      }
    }
    const owner = test.as.owner.database
    await expect(sql`update audit.entry set bytes = ''`.execute(owner)).rejects.toThrow('append-only')
    await expect(sql`delete from audit.entry`.execute(owner)).rejects.toThrow('append-only')
    await expect(sql`truncate audit.entry`.execute(owner)).rejects.toThrow('append-only')
    expect(await entriesOf(log)).toEqual(['a'])
  })
})
