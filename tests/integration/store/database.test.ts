import { afterAll, beforeAll, expect, inject, it } from 'vitest'
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
