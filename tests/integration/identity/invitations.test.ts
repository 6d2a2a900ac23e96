import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { identityOperations as operations } from '#contract/identity.ts'
import type { Role } from '#domain/roles.ts'
import { randomId } from '#platform/crypto.ts'
import { type RunningApp, startApp, testOrigin } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { acceptInvitation, apiOf, registerOrganisation, type TestPerson, tokenFor } from '../../fixtures/people.ts'

let database: TestDatabase
let app: RunningApp
let ada: TestPerson
let operatorEntries: Awaited<ReturnType<typeof entriesOf>>

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({ databaseUrl: database.urls.server })
  let token = ''
  operatorEntries = await entriesOf(database.as.owner.database, async () => {
    const wanted = { ownerUrl: database.urls.owner, name: 'Ashdown Council', email: 'ada@council.example' }
    token = (await registerOrganisation(app, wanted)).token
  })
  ada = await acceptInvitation(app, token)
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

const intake = () => database.as.owner.database
const wish = (email: string, roles: Role[] = ['caseworker']) => ({ body: { email, name: 'Cara', roles, teams: [] } })
const password = 'correct horse battery staple'

describe('an organisation', () => {
  it('[trust/bootstrap] is registered by the operator, and both logs say so', () => {
    expect(operatorEntries.map(({ log, event, actor }) => ({ log, event, kind: actor.kind }))).toEqual([
      { log: `${testOrigin}/service`, event: 'org.registered', kind: 'operator' },
      { log: `${testOrigin}/organisations/${ada.organisation}`, event: 'org.registered', kind: 'operator' },
    ])
  })
})

describe('an invitation', () => {
  it('[account/invitation] makes one account, once, and gives authenticator secret and ten codes', async () => {
    const admin = apiOf(app, await tokenFor(app, ada))
    const { token } = await admin.call(operations.invite, wish('cara@council.example'))
    const nobody = apiOf(app)
    const accepted = await nobody.call(operations.acceptInvitation, { body: { token, password } })
    expect(accepted).toMatchObject({
      organisation: ada.organisation,
      origin: testOrigin,
      email: 'cara@council.example',
    })
    expect(accepted.totpUrl).toMatch(/^otpauth:\/\/totp\//)
    expect(new Set(accepted.codes).size).toBe(10)
    const entries = await entriesOf(intake(), () =>
      expect(nobody.call(operations.acceptInvitation, { body: { token, password } })).rejects.toMatchObject({
        code: 'INVITATION_INVALID',
      }),
    )
    expect(entries.map(({ event, code }) => ({ event, code }))).toEqual([
      { event: 'account.accepted', code: 'INVITATION_INVALID' },
    ])
  })

  it('[account/invitation] accepted again with the same key gets the same reply, so that a lost one costs nothing', async () => {
    const admin = apiOf(app, await tokenFor(app, ada))
    const { token } = await admin.call(operations.invite, wish('dora@council.example'))
    const request = { body: { token, password }, idempotencyKey: randomId() }
    const first = await apiOf(app).call(operations.acceptInvitation, request)
    expect(await apiOf(app).call(operations.acceptInvitation, request)).toEqual(first)
    const rows = await database.as.owner.pool.query('SELECT reply::text FROM idempotency')
    const stored = rows.rows.map(({ reply }) => reply).join()
    expect(stored).toContain('dora@council.example')
    for (const secret of [token, password, first.totpSecret, ...first.codes]) expect(stored).not.toContain(secret)
  })

  it('[account/invitation] gives no role: only the roster does', async () => {
    const admin = apiOf(app, await tokenFor(app, ada))
    const { token } = await admin.call(operations.invite, wish('eve@council.example', ['organisation-administrator']))
    const eve = await acceptInvitation(app, token)
    const api = apiOf(app, await tokenFor(app, eve))
    expect(await api.call(operations.account, {})).toMatchObject({
      roles: [],
      proposedRoles: ['organisation-administrator'],
    })
    const entries = await entriesOf(intake(), () =>
      expect(api.call(operations.invite, wish('fay@council.example'))).rejects.toMatchObject({ code: 'ROLE_REQUIRED' }),
    )
    expect(entries[0]).toMatchObject({ log: `${testOrigin}/organisations/${ada.organisation}`, code: 'ROLE_REQUIRED' })
  })

  it('[account/invitation] is refused for an address that has an account, and one that is made anew ends the one before', async () => {
    const admin = apiOf(app, await tokenFor(app, ada))
    await expect(admin.call(operations.invite, wish(ada.email))).rejects.toMatchObject({ code: 'ACCOUNT_EXISTS' })
    const lost = await admin.call(operations.invite, wish('gil@council.example'))
    const anew = await admin.call(operations.invite, wish('gil@council.example'))
    await expect(acceptInvitation(app, lost.token)).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
    await acceptInvitation(app, anew.token)
    await expect(acceptInvitation(app, anew.token)).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
  })

  it('[account/invitation] ends after seven days, and one that was never made is the same', async () => {
    const admin = apiOf(app, await tokenFor(app, ada))
    const { token } = await admin.call(operations.invite, wish('hal@council.example'))
    app.clock.pass(7 * 24 * 3600)
    await expect(acceptInvitation(app, token)).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
    const made = `shi_${randomId()}_${'A'.repeat(43)}`
    await expect(acceptInvitation(app, made)).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
  })

  it('[account/invitation] wants a password of fifteen characters, and no rules beside', async () => {
    const admin = apiOf(app, await tokenFor(app, ada))
    const { token } = await admin.call(operations.invite, wish('ida@council.example'))
    const accept = (chosen: string) =>
      apiOf(app).call(operations.acceptInvitation, { body: { token, password: chosen } })
    await expect(accept('fourteen chars')).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
    expect((await accept('pâs de règles ☂️!')).email).toBe('ida@council.example')
  })
})
