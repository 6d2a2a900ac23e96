// The demo's way in, tried on a service under production settings: its links are no address of the service, its cookie is none
// that counts, and without the operator's key no row in the database is a session.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { identityPages } from '../../server/identity/pages.ts'
import { type RunningApp, startApp } from '../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../fixtures/database.ts'
import { makeSession } from '../fixtures/door.ts'
import { noteRefusals } from '../fixtures/installation.ts'
import { acceptInvitation, registerOrganisation, type TestPerson } from '../fixtures/people.ts'

let database: TestDatabase
let app: RunningApp
let ada: TestPerson
beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({
    databaseUrl: database.urls.server,
    publicUrl: 'https://safehand.example',
    pages: identityPages,
  })
  const { token } = await registerOrganisation(app, {
    ownerUrl: database.urls.owner,
    name: 'A',
    email: 'ada@a.example',
  })
  ada = await acceptInvitation(app, token)
})
afterAll(async () => {
  await app.stop()
  await database.drop()
})

const look = (path: string, cookie = '') =>
  noteRefusals(`${app.url}${path}`, {
    redirect: 'manual',
    headers: { Accept: 'text/html', 'X-Forwarded-Proto': 'https', ...(cookie && { Cookie: cookie }) },
  })
const session = (key: Uint8Array) => makeSession({ pool: database.as.owner.pool, key, email: ada.email })

it('[demo/links] are no address of the service', async () => {
  for (const path of ['/demo', '/link', `/${randomBytes(12).toString('base64url')}`, '/sign-in/demo']) {
    expect((await look(path)).status).toBe(404)
  }
})

it.each([
  ['the cookie that the door sets', 'safehand', () => app.secrets.session],
  ['a cookie of the right name under another key', '__Host-safehand', () => randomBytes(32)],
] as const)('[demo/links] sign nobody in: %s', async (_what, name, key) => {
  const reply = await look('/account', `${name}=${await session(key())}`)
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/sign-in?back=%2Faccount'])
})

it('[demo/links] are what only whoever has the database and the server’s key can make', async () => {
  expect((await look('/account', `__Host-safehand=${await session(app.secrets.session)}`)).status).toBe(200)
})
