// Bookkeeping is pruned when nobody can need it any more, and not before: what still waits, and what is young, stays.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { prune } from '#store/prune.ts'
import { randomId } from '#platform/crypto.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  const { pool } = database.as.owner
  const [organisation, account, webhook] = [randomId(), randomId(), randomId()]
  await pool.query(`INSERT INTO organisation (id, name, created_at) VALUES ($1, 'A', now())`, [organisation])
  await pool.query(
    `INSERT INTO account (id, organisation, email, name, password_hash, totp_secret, proposed_roles, proposed_teams,
       first_administrator, created_at) VALUES ($1, $2, 'a@a.example', 'A', 'x', '\\x00', '{}', '{}', false, now())`,
    [account, organisation],
  )
  await pool.query(
    `INSERT INTO webhook (id, organisation, url, events, created_by, created_at)
     VALUES ($1, $2, 'https://a.example', '{}', $3, now())`,
    [webhook, organisation, account],
  )
  // More than is pruned at once, so that it goes on until nothing is left.
  await pool.query(
    `INSERT INTO outbox (job, data, sent_at) SELECT 'send-mail', '{}', now() - interval '31 days' FROM generate_series(1, 1200)`,
  )
  await pool.query(
    `INSERT INTO outbox (job, data, created_at, sent_at) VALUES
       ('young', '{}', now() - interval '90 days', now() - interval '29 days'), ('waits', '{}', now() - interval '90 days', null)`,
  )
  await pool.query(
    `INSERT INTO idempotency (caller, key, operation, request_hash, reply, created_at)
     SELECT 'a', age, 'o', '\\x00', '{}', now() - age::interval FROM unnest(ARRAY['31 days', '29 days']) AS age`,
  )
  await pool.query(
    `INSERT INTO webhook_delivery (webhook, number, event, at, next_at, delivered_at)
     SELECT $1, number, 'webhook.test', now() - age, waits, done FROM (VALUES
       (1, interval '31 days', null::timestamptz, now()), (2, interval '31 days', now(), null), (3, interval '29 days', null, now())
     ) AS d (number, age, waits, done)`,
    [webhook],
  )
})
afterAll(() => database?.drop())

const valuesOf = async (text: string) => (await database.as.owner.pool.query({ text, rowMode: 'array' })).rows.flat()

it('[operate/prune] tables do not grow for ever: what is thirty days old is pruned, what waits or is younger stays', async () => {
  expect(await prune(database.as.housekeeper.database)).toBe(1200 + 1 + 2)
  expect(await valuesOf('SELECT job FROM outbox ORDER BY id')).toEqual(['young', 'waits'])
  expect(await valuesOf('SELECT key FROM idempotency')).toEqual(['29 days'])
  expect(await valuesOf('SELECT number FROM webhook_delivery')).toEqual([3])
  expect(await prune(database.as.housekeeper.database)).toBe(0)
})
