import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { identityOperations as operations } from '#contract/identity.ts'
import type { Caller } from '#domain/caller.ts'
import type { CorrelationId } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { AuditUnavailable } from '#store/commit.ts'
import type { Decided } from '#store/writers.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf, readIntake } from '../../fixtures/entries.ts'
import { acceptInvitation, apiOf, registerOrganisation, type TestPerson, tokenFor } from '../../fixtures/people.ts'

let database: TestDatabase
let app: RunningApp
let ada: TestPerson

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({ databaseUrl: database.urls.server })
  const wanted = { ownerUrl: database.urls.owner, name: 'Ashdown Council', email: 'ada@council.example' }
  ada = await acceptInvitation(app, (await registerOrganisation(app, wanted)).token)
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

const owner = () => database.as.owner
const count = async (table: string) => Number((await owner().pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count)
const wish = (email: string) => ({ email, name: 'Cara', roles: ['caseworker' as const], teams: [] })

describe('one request, sent more than once', () => {
  it('[api/once] does its thing once and gets the same reply; the log has both', async () => {
    const api = apiOf(app, await tokenFor(app, ada))
    const request = { body: wish('cara@council.example'), idempotencyKey: randomId() }
    const before = await count('invitation')
    const entries = await entriesOf(owner().database, async () => {
      const first = await api.call(operations.invite, request)
      expect(await api.call(operations.invite, request)).toEqual(first)
    })
    expect(await count('invitation')).toBe(before + 1)
    expect(entries.map(({ event }) => event)).toEqual(['account.invited', 'request.replayed'])
  })

  it('[api/once] does its thing once also when both arrive together', async () => {
    const api = apiOf(app, await tokenFor(app, ada))
    const request = { body: wish('dora@council.example'), idempotencyKey: randomId() }
    const before = await count('invitation')
    const replies = await Promise.all(Array.from({ length: 4 }, () => api.call(operations.invite, request)))
    expect(new Set(replies.map(({ token }) => token)).size).toBe(1)
    expect(await count('invitation')).toBe(before + 1)
  })

  it('[api/once] with another content is refused, logged, and changes nothing', async () => {
    const api = apiOf(app, await tokenFor(app, ada))
    const idempotencyKey = randomId()
    await api.call(operations.invite, { body: wish('eve@council.example'), idempotencyKey })
    const before = await count('invitation')
    const entries = await entriesOf(owner().database, () =>
      expect(api.call(operations.invite, { body: wish('fay@council.example'), idempotencyKey })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_CONFLICT',
        status: 409,
      }),
    )
    expect(await count('invitation')).toBe(before)
    expect(entries.map(({ event, code }) => ({ event, code }))).toEqual([
      { event: 'request.replayed', code: 'IDEMPOTENCY_CONFLICT' },
    ])
  })

  it('[api/once] a key is its caller’s own: another person’s same key is another request', async () => {
    const api = apiOf(app, await tokenFor(app, ada))
    const idempotencyKey = randomId()
    const { token } = await api.call(operations.invite, { body: wish('gil@council.example'), idempotencyKey })
    const gil = apiOf(app, await tokenFor(app, await acceptInvitation(app, token)))
    const issued = await gil.call(operations.issueToken, { body: { scopes: ['account'], days: 1 }, idempotencyKey })
    expect(issued.scopes).toEqual(['account'])
  })
})

describe('an act whose entry cannot be written', () => {
  const caller: Caller = {
    actor: { kind: 'operator' },
    client: 'operator',
    session: null,
    address: null,
    correlation: randomId() as CorrelationId,
  }
  const rename = (name: string): Decided<null> => ({
    next: null,
    changes: [{ kind: 'organisations.add', id: randomId() as never, name, at: '2026-11-22T03:40:00Z' as never }],
    event: { event: 'org.registered', logs: [{ kind: 'service' }], detail: { name } },
    jobs: [{ name: 'activate-agreement', data: { agreement: randomId() } }],
  })

  it('[api/once] did not happen: changes, outbox and reply are in one transaction with it', async () => {
    const api = apiOf(app, await tokenFor(app, ada))
    const before = { invitations: await count('invitation'), replies: await count('idempotency') }
    await owner().pool.query('REVOKE INSERT ON audit.intake FROM safehand_server')
    try {
      await expect(api.call(operations.invite, { body: wish('hal@council.example') })).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
        status: 503,
      })
    } finally {
      await owner().pool.query('GRANT INSERT ON audit.intake TO safehand_server')
    }
    expect({ invitations: await count('invitation'), replies: await count('idempotency') }).toEqual(before)
    await api.call(operations.invite, { body: wish('hal@council.example') })
    expect(await count('invitation')).toBe(before.invitations + 1)
  })

  it('[api/once] is told from a change that failed: that one is no audit trouble', async () => {
    const act = (name: string) => app.commit({ caller, load: async () => null, decide: () => rename(name) })
    // The server's role may not add organisations.
    const entries = await entriesOf(owner().database, async () => {
      const error = await act('Nowhere').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: '42501' })
      expect(error).not.toBeInstanceOf(AuditUnavailable)
    })
    expect(entries).toEqual([])
    expect(await count('outbox')).toBe(0)
  })
})

describe('what an entry keeps', () => {
  it('[log/no-names] opens to what was hidden, for who has the opening', async () => {
    const opening = await owner()
      .database.selectFrom('audit.opening')
      .selectAll()
      .where('field', '=', 'actor.account')
      .executeTakeFirstOrThrow()
    expect(opening.value).toBe(ada.account)
    const entries = JSON.stringify(await readIntake(owner().database))
    expect(entries).not.toContain(ada.account)
    expect(entries).not.toContain('127.0.0.1')
  })
})
