import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { RefusedByServer } from '#client/api.ts'
import { identityOperations as operations } from '#contract/identity.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { fileStore } from '#platform/object-store/file-store.ts'
import { createUploadHandler } from '../../../server/uploads/handler.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf, readIntake } from '../../fixtures/entries.ts'
import { acceptInvitation, apiOf, codeOf, registerOrganisation, type TestPerson } from '../../fixtures/people.ts'

let database: TestDatabase
let app: RunningApp
let ada: TestPerson
let folder: string

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  folder = await mkdtemp(join(tmpdir(), 'safehand-objects-'))
  const objects = await fileStore(folder)
  const now = () => systemClock.now() as Instant
  app = await startApp({
    databaseUrl: database.urls.server,
    limits: {
      signInPerPlace: { points: 3, seconds: 60 },
      unknownPerNetwork: { points: 25, seconds: 60 },
      wrongTokensPerNetwork: { points: 25, seconds: 60 },
    },
    uploads: ({ commit, opened: { database } }) => createUploadHandler({ commit, database, objects, now }),
  })
  const wanted = { ownerUrl: database.urls.owner, name: 'Ashdown Council', email: 'ada@council.example' }
  ada = await acceptInvitation(app, (await registerOrganisation(app, wanted)).token)
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

async function attempt(change: Partial<{ email: string; password: string }> = {}): Promise<string | null> {
  app.clock.pass(31)
  const body = { email: ada.email, password: ada.password, code: codeOf(app, ada), ...change }
  const outcome = await apiOf(app)
    .call(operations.signIn, { body })
    .catch((error: unknown) => error)
  if (outcome instanceof RefusedByServer) {
    if (outcome.code === 'TOO_MANY_ATTEMPTS') expect(outcome.retryAfter).toBeGreaterThan(0)
    return outcome.code
  }
  if (outcome instanceof Error) throw outcome
  return null
}

const wrong = { password: 'not the password at all' }

describe('throttling', () => {
  it('[account/throttle] a right sign-in clears the account’s count', async () => {
    expect([await attempt(wrong), await attempt(wrong), await attempt()]).toEqual([
      'SIGN_IN_FAILED',
      'SIGN_IN_FAILED',
      null,
    ])
  })

  it('[account/throttle] stops guessing at one account, known or not, with one entry for the flood', async () => {
    for (const email of [ada.email, 'nobody@council.example']) {
      const shown = { email: email as never, ...wrong }
      expect([await attempt(shown), await attempt(shown), await attempt(shown)]).toEqual(
        Array.from({ length: 3 }, () => 'SIGN_IN_FAILED'),
      )
      const entries = await entriesOf(database.as.owner.database, async () => {
        expect([await attempt(shown), await attempt(shown)]).toEqual(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS'])
      })
      expect(entries.map(({ code }) => code)).toEqual(['TOO_MANY_ATTEMPTS'])
    }
    expect(await attempt()).toBe('TOO_MANY_ATTEMPTS')
  })

  it('[account/throttle] stops a flood from one address of somebody unknown, whatever is asked', async () => {
    const codes: unknown[] = []
    for (let round = 0; round < 30; round += 1) {
      codes.push(((await (await fetch(`${app.url}/api/account`)).json()) as { code: string }).code)
    }
    expect(codes.at(-1)).toBe('TOO_MANY_ATTEMPTS')
    const entries = await readIntake(database.as.owner.database)
    expect(entries.filter(({ code }) => code === 'TOO_MANY_ATTEMPTS').length).toBeLessThan(5)
  })

  it('[account/throttle] stops a flood of uploads without a token that counts', async () => {
    const codes: unknown[] = []
    for (let round = 0; round < 30; round += 1) {
      const headers = { Authorization: `Upload ${'A'.repeat(43)}`, 'Tus-Resumable': '1.0.0' }
      const reply = await fetch(`${app.url}/uploads`, { method: 'POST', headers })
      codes.push(((await reply.json()) as { code: string }).code)
    }
    expect(codes.at(-1)).toBe('TOO_MANY_ATTEMPTS')
  })

  it('[account/throttle] keeps no address and no e-mail in its counts', async () => {
    const { rows } = await database.as.owner.pool.query('SELECT key FROM throttle')
    expect(rows.length).toBeGreaterThan(0)
    for (const { key } of rows) expect(key).toMatch(/^[a-z-]+:[0-9a-f]{32}$/)
  })
})
