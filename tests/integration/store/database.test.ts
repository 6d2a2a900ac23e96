import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openDatabase } from '#store/database.ts'
import { isUnreachable } from '#store/unreachable.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
})
afterAll(() => database?.drop())

it('[thin 4] a connection of the pool is durable, and holds nothing for ever', async () => {
  const { pool } = database.as.server
  const shown = async (name: string) => Object.values((await pool.query(`SHOW ${name}`)).rows[0])[0]
  expect(await shown('synchronous_commit')).toBe('on')
  expect(await shown('statement_timeout')).toBe('1min')
  expect(await shown('idle_in_transaction_session_timeout')).toBe('1min')
})

it('[thin 4] what took too long is tried later, like a database that is away', async () => {
  const client = await database.as.server.pool.connect()
  await client.query("SET statement_timeout = '50ms'")
  const error: unknown = await client.query('SELECT pg_sleep(1)').catch((thrown: unknown) => thrown)
  client.release(true)
  expect(isUnreachable(error)).toBe(true)
})

it('[whole 6] a connection that breaks between two statements of a transaction fails it, and ends no process', async () => {
  const { pool } = database.as.server
  const client = await pool.connect()
  await client.query('BEGIN')
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
  const gone = new Promise((resolve) => client.once('end', () => resolve(undefined)))
  await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
  await gone
  const error: unknown = await client.query('COMMIT').catch((thrown: unknown) => thrown)
  client.release(true)
  expect(isUnreachable(error)).toBe(true)
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

it('[whole 6] a database that says nothing any more is given up, on a connection of the pool and on one of its own', async () => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const { pool, connect, close } = openDatabase(`postgres://a:b@127.0.0.1:${port}/c`, { statementSeconds: 1 })
  const asked = await Promise.allSettled([pool.query('SELECT 1'), connect()])
  expect(asked.map((one) => one.status === 'rejected' && isUnreachable(one.reason))).toEqual([true, true])
  await close()
  silent.close()
})
