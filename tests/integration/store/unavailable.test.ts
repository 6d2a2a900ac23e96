// The whole server, every operation of the contract: when the log cannot take an entry, the answer is 503 and nothing
// changed; the same when the database is away, and an unexpected error shows nothing of itself.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Operation } from '#contract/operation.ts'
import { operations } from '#contract/operations.ts'
import { randomId } from '#platform/crypto.ts'
import { readConfig } from '../../../server/config.ts'
import { type RunningServer, startServer } from '../../../server/main.ts'
import { type RunningApp, startApp, testOrigin } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { noteRefusals } from '../../fixtures/installation.ts'
import { acceptInvitation, registerOrganisation, tokenFor } from '../../fixtures/people.ts'

const run = promisify(execFile)

let database: TestDatabase
let app: RunningApp
let server: RunningServer
let folder: string
let token: string

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({ databaseUrl: database.urls.server })
  const wanted = { ownerUrl: database.urls.owner, name: 'Ashdown Council', email: 'ada@council.example' }
  token = await tokenFor(app, await acceptInvitation(app, (await registerOrganisation(app, wanted)).token))
  folder = await mkdtemp(join(tmpdir(), 'safehand-'))
  server = await startServer(await settings(database.urls.server))
})
afterAll(async () => {
  await server?.stop()
  await app?.stop()
  await database?.drop()
  if (folder) await rm(folder, { recursive: true })
})

async function settings(databaseUrl: string) {
  const secrets = join(folder, 'secrets')
  const keys = join(folder, randomId())
  await mkdir(secrets, { recursive: true })
  for (const [name, secret] of Object.entries({ ...app.secrets, spare: randomBytes(32) })) {
    await writeFile(join(secrets, `${name}.key`), secret)
  }
  await run(process.execPath, ['scripts/service-keys.ts', '--directory', keys, '--origin', testOrigin])
  return readConfig({
    DATABASE_URL: databaseUrl,
    SAFEHAND_ORIGIN: testOrigin,
    SAFEHAND_PORT: '0',
    // Nobody moves entries here.
    SAFEHAND_LOG_LATE_SECONDS: '3600',
    SAFEHAND_OBJECTS: join(folder, 'objects'),
    SAFEHAND_PUBLIC_KEYS: join(keys, 'public.json'),
    SAFEHAND_SECRETS: secrets,
    SAFEHAND_MODE: 'demo',
    SAFEHAND_LOG_LEVEL: 'silent',
  })
}

/** Ids that nobody has; bodies as empty as may be, where a full one is not at hand. */
function request({ name, method, path }: Operation): [string, RequestInit] {
  const filled = path.replaceAll(/:[a-zA-Z]+/g, () => randomId())
  const bodies: Record<string, unknown> = {
    'session.sign-in': { email: 'a@b.example', password: 'wrong', code: '123456' },
    'token.sign-in': { email: 'a@b.example', password: 'wrong', code: '123456', scopes: ['account'], days: 1 },
    'token.issue': { scopes: ['account'], days: 1 },
    'account.invite': { email: 'new@council.example', name: 'New', roles: ['caseworker'], teams: [] },
    'account.accept': { token: 'x', password: 'a long pass phrase' },
  }
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Idempotency-Key': randomId(),
    'Safehand-CSRF': '1',
  }
  const body = method === 'GET' ? null : JSON.stringify(bodies[name] ?? {})
  return [`/api${filled}`, { method, headers, body }]
}

async function ask(operation: Operation) {
  const [path, init] = request(operation)
  const reply = await noteRefusals(`${server.url}${path}`, init)
  const text = await reply.text()
  return { status: reply.status, code: reply.ok ? null : (JSON.parse(text) as { code: string }).code, text }
}

/** A digest of every table; counts of attempts and sessions are no state. */
async function snapshot(): Promise<Record<string, string>> {
  const { pool } = database.as.owner
  const { rows } = await pool.query(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables
     WHERE schemaname IN ('public', 'audit') AND tablename NOT IN ('throttle', 'session')`,
  )
  const digests: Record<string, string> = {}
  for (const { name } of rows) {
    const found = await pool.query(
      `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS md5 FROM ${name} t`,
    )
    digests[name] = found.rows[0].md5
  }
  return digests
}

describe('without its log', () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '[api/unavailable] %s answers 503, and nothing has changed',
    async (_name, operation) => {
      const before = await snapshot()
      await database.as.owner.pool.query('REVOKE INSERT ON audit.intake FROM safehand_server')
      try {
        expect(await ask(operation)).toMatchObject({ status: 503, code: 'AUDIT_UNAVAILABLE' })
      } finally {
        await database.as.owner.pool.query('GRANT INSERT ON audit.intake TO safehand_server')
      }
      expect(await snapshot()).toEqual(before)
      // With its log the same request is answered otherwise, and leaves an entry.
      const entries = await entriesOf(database.as.owner.database, async () => {
        expect((await ask(operation)).code).not.toBe('AUDIT_UNAVAILABLE')
      })
      expect(entries.length).toBeGreaterThan(0)
    },
  )

  it('[api/unavailable] an unknown path answers 503 too', async () => {
    await database.as.owner.pool.query('REVOKE INSERT ON audit.intake FROM safehand_server')
    try {
      expect((await noteRefusals(`${server.url}/api/nothing`)).status).toBe(503)
    } finally {
      await database.as.owner.pool.query('GRANT INSERT ON audit.intake TO safehand_server')
    }
  })
})

describe('when something is broken', () => {
  it('[api/unavailable] an unexpected error says no more than its correlation id, and is in the log', async () => {
    const account = operations.find(({ name }) => name === 'identity.account') as Operation
    await database.as.owner.pool.query('REVOKE SELECT ON certificate FROM safehand_server')
    try {
      const entries = await entriesOf(database.as.owner.database, async () => {
        const reply = await ask(account)
        expect(reply).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
        expect(reply.text).not.toMatch(/certificate|permission|select|\.ts/i)
      })
      expect(entries.map(({ code }) => code)).toEqual(['INTERNAL_ERROR'])
    } finally {
      await database.as.owner.pool.query('GRANT SELECT ON certificate TO safehand_server')
    }
  })

  it('[api/unavailable] a database that is away: 503, and the health check says what is missing', async () => {
    const away = new URL(database.urls.server)
    away.port = '1'
    const lost = await startServer(await settings(away.href))
    try {
      const reply = await noteRefusals(`${lost.url}/api/account`, { headers: { Authorization: `Bearer ${token}` } })
      expect(reply.status).toBe(503)
      expect(await reply.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      expect((await fetch(`${lost.url}/health/live`)).status).toBe(200)
      const ready = await fetch(`${lost.url}/health/ready`)
      expect(ready.status).toBe(503)
      expect(await ready.json()).toEqual({ missing: ['database'] })
    } finally {
      await lost.stop()
    }
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({ status: 'ok' })
  })
})
