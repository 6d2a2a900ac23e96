// Nobody is shut out of signing in by what others do: wrong tries, from anywhere, with anybody's address.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { randomId } from '#platform/crypto.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { acceptInvitation, codeOf, registerOrganisation, type TestPerson, tokenFor } from '../../fixtures/people.ts'

const perPlace = 3
const strange = 8
const perNetwork = 5
const wrongTokens = 4
const unknown = 4
const acts = 6
const office = '192.0.2.1'

let database: TestDatabase
let app: RunningApp
let ada: TestPerson
let bea: TestPerson

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({
    databaseUrl: database.urls.server,
    publicUrl: 'https://safehand.example',
    limits: {
      signInPerPlace: { points: perPlace, seconds: 600 },
      signInFromStrangePlaces: { points: strange, seconds: 600 },
      signInPerNetwork: { points: perNetwork, seconds: 600 },
      turns: { pauseMs: 20, mostWaiting: 2 },
      unknownPerNetwork: { points: unknown, seconds: 600 },
      wrongTokensPerNetwork: { points: wrongTokens, seconds: 600 },
      actsPerPerson: { points: acts, seconds: 600 },
    },
  })
  const join = async (name: string, email: string) =>
    acceptInvitation(app, (await registerOrganisation(app, { ownerUrl: database.urls.owner, name, email })).token)
  ada = await join('Ashdown Council', 'ada@council.example')
  bea = await join('Westshire Police', 'bea@police.example')
})
beforeEach(() => database.as.owner.pool.query('DELETE FROM throttle'))
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

interface Try {
  readonly from?: string
  readonly cookie?: string
  readonly password?: string
}

async function signIn(person: Pick<TestPerson, 'email' | 'password'>, { from = office, cookie, password }: Try = {}) {
  app.clock.pass(31)
  const code = 'totpSecret' in person ? codeOf(app, person as TestPerson) : '000000'
  const reply = await ask('/api/session', {
    method: 'POST',
    from,
    headers: { ...(cookie !== undefined && { Cookie: cookie }) },
    body: { email: person.email, password: password ?? person.password, code },
  })
  const device = reply.headers.getSetCookie().find((one) => one.startsWith('__Host-safehand-device-'))
  return { code: await codeIn(reply), device: device?.split(';')[0] ?? '', cookie: device }
}

function ask(
  path: string,
  {
    from = office,
    method = 'GET',
    headers = {},
    body,
  }: { from?: string; method?: string; headers?: object; body?: object },
) {
  return fetch(`${app.url}${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      'Safehand-CSRF': '1',
      'Idempotency-Key': randomId(),
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-For': from,
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  })
}

const codeIn = async (reply: Response) => (reply.ok ? null : ((await reply.json()) as { code: string }).code)
const wrong = { password: 'not the password at all' }

async function tries(count: number, person: Pick<TestPerson, 'email' | 'password'>, given: Try = {}) {
  const codes: unknown[] = []
  for (let round = 0; round < count; round += 1) codes.push((await signIn(person, { ...wrong, ...given })).code)
  return codes
}

describe('wrong tries for one account', () => {
  it('[account/no-weapon] from elsewhere shut out only who made them, not the owner', async () => {
    const codes = await tries(perPlace + 2, ada, { from: '203.0.113.9' })
    expect(codes.slice(perPlace)).toEqual(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS'])
    expect((await signIn(ada)).code).toBeNull()
  })

  it('[account/no-weapon] from many networks shut out neither where the owner signed in before, nor that browser', async () => {
    const { device } = await signIn(ada)
    for (const last of Array.from({ length: strange + 2 }, (_, index) => index + 1)) {
      await tries(1, ada, { from: `203.0.113.${last}` })
    }
    expect((await signIn(ada, { from: '203.0.113.99' })).code).toBe('TOO_MANY_ATTEMPTS')
    expect((await signIn(ada, { from: '203.0.113.99', cookie: device })).code).toBeNull()
    expect((await signIn(ada)).code).toBeNull()
  })

  it('[account/no-weapon] behind the same address count apart from the owner’s own browser', async () => {
    const { device } = await signIn(ada)
    await tries(perPlace + 1, ada)
    expect((await signIn(ada)).code).toBe('TOO_MANY_ATTEMPTS')
    expect((await signIn(ada, { cookie: device })).code).toBeNull()
  })

  it('[account/no-weapon] from one IPv6 network are one network’s, however many addresses it has', async () => {
    for (const end of ['1', '2:3', 'ffff:1']) await tries(1, ada, { from: `2001:db8:1:2::${end}` })
    expect((await signIn(ada, { from: '2001:db8:1:2::99' })).code).toBe('TOO_MANY_ATTEMPTS')
    expect((await signIn(ada, { from: '2001:db8:1:3::99' })).code).toBeNull()
  })

  it('[account/no-weapon] are stopped at a browser that signed in before, too, and its cookie is no pass for another', async () => {
    const { device, cookie } = await signIn(ada)
    expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Strict/)
    for (const name of [ada.email, encodeURIComponent(ada.email), ada.account]) expect(cookie).not.toContain(name)
    expect((await tries(perPlace + 1, ada, { cookie: device })).at(-1)).toBe('TOO_MANY_ATTEMPTS')
    await tries(perPlace, bea, { from: '203.0.113.9', cookie: device })
    expect((await signIn(bea, { from: '203.0.113.9', cookie: device })).code).toBe('TOO_MANY_ATTEMPTS')
    const forged = device.replace(/\.[0-9a-f]{8}/, '.00000000')
    await tries(perPlace, ada, { from: '203.0.113.10' })
    expect((await signIn(ada, { from: '203.0.113.10', cookie: forged })).code).toBe('TOO_MANY_ATTEMPTS')
  })
})

describe('wrong tries from one network', () => {
  it('[account/no-weapon] for many accounts slow it down; who has the right credentials there still gets in', async () => {
    for (let round = 0; round < perNetwork + 3; round += 1) {
      const nobody = { email: `${randomId()}@council.example` as never, password: '' }
      expect((await signIn(nobody, wrong)).code).toBe('SIGN_IN_FAILED')
    }
    expect((await signIn(bea)).code).toBeNull()
  })

  it('[account/no-weapon] by one stuck script count for its account alone', async () => {
    const codes = await tries(perPlace + 10, ada)
    expect(codes.at(-1)).toBe('TOO_MANY_ATTEMPTS')
    expect((await signIn(bea)).code).toBeNull()
    const { rows } = await database.as.owner.pool.query(
      "SELECT points FROM throttle WHERE key LIKE 'sign-in-network:%'",
    )
    expect(rows).toEqual([{ points: perPlace }])
  })

  it('[account/no-weapon] are answered in turn, and no more than a few wait', async () => {
    await database.as.owner.pool.query('UPDATE throttle SET points = 1000')
    for (let round = 0; round < perNetwork; round += 1) {
      await signIn({ email: `${randomId()}@council.example` as never, password: '' }, wrong)
    }
    const many = Array.from({ length: 12 }, () =>
      signIn({ email: `${randomId()}@council.example` as never, password: '' }, wrong),
    )
    const codes = (await Promise.all(many)).map(({ code }) => code)
    expect(codes).toContain('TOO_MANY_ATTEMPTS')
    expect((await signIn(bea)).code).toBeNull()
  })
})

describe('a flood', () => {
  it('[account/no-weapon] of tokens that do not count, or of none, keeps out neither tokens that do nor signing in', async () => {
    const token = await tokenFor(app, bea, ['account'])
    const account = (authorization?: string) =>
      ask('/api/account', { headers: authorization === undefined ? {} : { Authorization: authorization } }).then(codeIn)
    for (let round = 0; round <= wrongTokens; round += 1) await account(`Bearer ${'A'.repeat(43)}`)
    expect(await account(`Bearer ${'B'.repeat(43)}`)).toBe('TOO_MANY_ATTEMPTS')
    expect(await account()).toBe('SIGN_IN_REQUIRED')
    for (let round = 0; round <= unknown; round += 1) await account()
    expect(await account()).toBe('TOO_MANY_ATTEMPTS')
    expect(await account(`Bearer ${token}`)).toBeNull()
    expect((await signIn(bea)).code).toBeNull()
  })

  it('[account/limits] by somebody signed in stops at a limit of their own, with the time to wait', async () => {
    const headersOf = async (person: TestPerson) => ({
      Authorization: `Bearer ${await tokenFor(app, person, ['account'])}`,
    })
    const [ofAda, ofBea] = [await headersOf(ada), await headersOf(bea)]
    const issue = (headers: object) =>
      ask('/api/tokens', { method: 'POST', headers, body: { scopes: ['account'], days: 1 } })
    const replies: Response[] = []
    for (let round = 0; round <= acts; round += 1) replies.push(await issue(ofAda))
    expect(replies.map(({ status }) => status)).toEqual([...Array.from({ length: acts }, () => 200), 429])
    expect(Number(replies.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await issue(ofBea)).status).toBe(200)
    expect((await ask('/api/account', { headers: ofAda })).status).toBe(200)
  })
})
