// The log stands still: nothing more is done or shown, because nobody could see that it was
// (ARCHITECTURE.md#fail-closed).
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { serviceOperations } from '#contract/service.ts'
import { serviceUseCases } from '../../../server/service/use-cases.ts'
import { type RunningApp, startApp, testOrigin } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { makeWorld, publicKeysOf } from '../../fixtures/documents.ts'
import { apiOf } from '../../fixtures/people.ts'

let database: TestDatabase
let app: RunningApp

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  const publicKeys = { origin: testOrigin, ...publicKeysOf((await makeWorld()).service) } as never
  app = await startApp({
    databaseUrl: database.urls.server,
    watchLog: true,
    useCases: serviceUseCases,
    adapters: { publicKeys },
  })
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

/** An entry that nobody has moved into its log for so long. */
const leave = (seconds: number) =>
  database.as.owner.pool.query(
    `INSERT INTO audit.intake (log, bytes, received_at) VALUES ('x/service', '\\x00', now() - make_interval(secs => $1))`,
    [seconds],
  )
const intakeSize = async () =>
  Number((await database.as.owner.pool.query('SELECT count(*) FROM audit.intake')).rows[0].count)
const ask = () => apiOf(app).call(serviceOperations.keys, {})
/** The server asks once a second. */
const untilAskedAgain = () => sleep(1100)

it('[log/late] an entry that waits for more than a minute ends everything until it is in its log', async () => {
  await leave(50)
  expect((await ask()).origin).toBe(testOrigin)
  await database.as.owner.pool.query('DELETE FROM audit.intake')
  await leave(61)
  await untilAskedAgain()
  const before = await intakeSize()
  await expect(ask()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE', status: 503 })
  await expect(fetch(`${app.url}/nothing/here`).then((reply) => reply.status)).resolves.toBe(503)
  expect(await intakeSize()).toBe(before)
  await database.as.owner.pool.query('DELETE FROM audit.intake')
  await untilAskedAgain()
  expect((await ask()).origin).toBe(testOrigin)
})
