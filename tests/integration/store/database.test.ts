import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openDatabase } from '#store/database.ts'
import { isConnectionError } from '#store/connection-errors.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
})
afterAll(() => database?.drop())

it('[operate/database] a connection of the pool is durable, and holds nothing for ever', async () => {
  const { pool } = database.as.server
  const shown = async (name: string) => Object.values((await pool.query(`SHOW ${name}`)).rows[0])[0]
  expect(await shown('synchronous_commit')).toBe('on')
  expect(await shown('statement_timeout')).toBe('1min')
  expect(await shown('idle_in_transaction_session_timeout')).toBe('1min')
})

it('[operate/database] what took too long is tried later, like a database that is away', async () => {
  const client = await database.as.server.pool.connect()
  await client.query("SET statement_timeout = '50ms'")
  const error: unknown = await client.query('SELECT pg_sleep(1)').catch((thrown: unknown) => thrown)
  client.release(true)
  expect(isConnectionError(error)).toBe(true)
})

it('[operate/database] what was planned before a migration is tried later, on a connection that plans anew', async () => {
  const { owner, server } = database.as
  await sql`create table planned (id integer)`.execute(owner.database)
  await sql`grant select on planned to safehand_server`.execute(owner.database)
  const ask = () => sql<object>`select * from planned where id = ${1} or id is null`.execute(server.database)
  await ask()
  const { rows } = await sql<{ many: number }>`
    select count(*) as many from pg_prepared_statements where statement like ${'%from planned%'}`.execute(
    server.database,
  )
  expect(rows).toEqual([{ many: 1 }])
  await sql`alter table planned add column more text`.execute(owner.database)
  await sql`insert into planned values (null, 'column')`.execute(owner.database)
  const error: unknown = await ask().catch((thrown: unknown) => thrown)
  expect(isConnectionError(error)).toBe(true)
  expect((await ask()).rows).toEqual([{ id: null, more: 'column' }])
})

it('[operate/database] a connection that breaks between two statements of a transaction fails it, and ends no process', async () => {
  const { pool } = database.as.server
  const client = await pool.connect()
  await client.query('BEGIN')
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  const gone = new Promise((resolve) => client.once('end', () => resolve(undefined)))
  await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
  await gone
  const error: unknown = await client.query('COMMIT').catch((thrown: unknown) => thrown)
  client.release(true)
  expect(isConnectionError(error)).toBe(true)
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

it('[operate/database] a database that says nothing any more is given up, on a connection of the pool and on one of its own', async () => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const { pool, connect, close } = openDatabase(`postgres://a:b@127.0.0.1:${port}/c`, { statementSeconds: 1 })
  const asked = await Promise.allSettled([pool.query('SELECT 1'), connect()])
  expect(asked.map((one) => one.status === 'rejected' && isConnectionError(one.reason))).toEqual([true, true])
  await close()
  silent.close()
})
