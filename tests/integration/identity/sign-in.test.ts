import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { RefusedByServer } from '#client/api.ts'
import { identityOperations } from '#contract/identity.ts'
import { problem } from '#contract/problem.ts'
import { randomId } from '#platform/crypto.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { sessionCookieOf } from '../../fixtures/session-cookie.ts'
import {
  acceptInvitation,
  apiOf,
  codeOf,
  registerOrganisation,
  type TestPerson,
  tokenFor,
} from '../../fixtures/people.ts'

let database: TestDatabase
let app: RunningApp
let ada: TestPerson

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({ databaseUrl: database.urls.server })
  const { token } = await registerOrganisation(app, {
    ownerUrl: database.urls.owner,
    name: 'Ashdown Council',
    email: 'ada@council.example',
  })
  ada = await acceptInvitation(app, token)
})
afterAll(async () => {
  await app?.stop()
  await database?.drop()
})

interface Ask {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** As a browser's script would, with whatever headers the test wants to change. */
async function ask(path: string, { method = 'POST', body = {}, headers = {} }: Ask = {}) {
  const reply = await fetch(`${app.url}${path}`, {
    method,
    ...(method !== 'GET' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      'Content-Type': 'application/json',
      'Safehand-CSRF': '1',
      'Idempotency-Key': randomId(),
      ...headers,
    },
  })
  const text = await reply.text()
  return {
    status: reply.status,
    headers: reply.headers,
    json: text ? JSON.parse(text) : null,
    cookie: sessionCookieOf(reply)?.split(';')[0] ?? '',
  }
}

function credentials(change: Partial<{ email: string; password: string; code: string }> = {}) {
  app.clock.pass(31)
  return { email: ada.email, password: ada.password, code: codeOf(app, ada), ...change }
}

const signIn = (change?: Parameters<typeof credentials>[0], headers?: Record<string, string>) =>
  ask('/api/session', { body: credentials(change), ...(headers && { headers }) })

const intake = () => database.as.owner.database

describe('sign-in', () => {
  it('[account/sign-in] takes e-mail, password and an authenticator’s code, and says who one is', async () => {
    const { status, json, cookie } = await signIn()
    expect(status).toBe(200)
    expect(json).toEqual({
      account: ada.account,
      organisation: ada.organisation,
      roles: ['organisation-administrator'],
    })
    const account = await ask('/api/account', { method: 'GET', headers: { Cookie: cookie } })
    expect(account.json).toMatchObject({
      account: ada.account,
      email: 'ada@council.example',
      organisation: { name: 'Ashdown Council' },
      roster: null,
      key: null,
    })
  })

  it('[account/sign-in] the e-mail address counts whatever its letters’ case', async () => {
    expect((await signIn({ email: 'ADA@Council.Example' })).status).toBe(200)
  })

  it('[account/sign-in] is refused in the same words for a wrong password, a wrong code and an unknown person', async () => {
    const replies = [
      await signIn({ password: 'not the password at all' }),
      await signIn({ code: '000000' }),
      await signIn({ code: 'ABCD-EFGH-JKLM' }),
      await signIn({ email: 'nobody@council.example' }),
    ]
    const said = replies.map(({ status, json }) => ({ status, json: { ...json, correlation: '', instance: '' } }))
    expect(said[0]).toMatchObject({ status: 401, json: { code: 'SIGN_IN_FAILED' } })
    for (const other of said) expect(other).toEqual(said[0])
    expect(replies.map(({ cookie }) => cookie)).toEqual(['', '', '', ''])
  })

  it('[account/sign-in] does the slow work for unknown people too', async () => {
    const time = async (change: Parameters<typeof credentials>[0]) => {
      const started = performance.now()
      await signIn({ ...change, password: 'not the password at all' })
      return performance.now() - started
    }
    const rounds: { known: number; unknown: number }[] = []
    // Side by side, so that a busy machine slows both. Without the slow work the ratio is far below a tenth.
    for (let round = 0; round < 4; round += 1) {
      rounds.push({ known: await time({}), unknown: await time({ email: `${randomId()}@council.example` }) })
    }
    const known = Math.min(...rounds.map((round) => round.known))
    const unknown = Math.min(...rounds.map((round) => round.unknown))
    expect(unknown / known).toBeGreaterThan(0.2)
    expect(unknown / known).toBeLessThan(5)
  })

  it('[account/sign-in] takes each authenticator step once, also when two arrive together', async () => {
    const shown = credentials()
    const [one, other] = await Promise.all([ask('/api/session', { body: shown }), ask('/api/session', { body: shown })])
    expect([one.status, other.status].toSorted()).toEqual([200, 401])
    expect((await ask('/api/session', { body: shown })).json.code).toBe('SIGN_IN_FAILED')
  })

  it('[account/sign-in] takes a one-time code once', async () => {
    const [code = ''] = ada.codes
    expect((await signIn({ code: code.toLowerCase() })).status).toBe(200)
    expect((await signIn({ code })).json.code).toBe('SIGN_IN_FAILED')
  })

  it('[account/sign-in] is in the log: in the organisation’s when it worked, in the service’s without a name when not', async () => {
    const [success] = await entriesOf(intake(), () => signIn())
    expect(success).toMatchObject({
      log: `test.safehand.invalid/organisations/${ada.organisation}`,
      event: 'auth.signed-in',
      actor: { kind: 'person', organisation: ada.organisation },
      detail: { factors: ['password', 'totp'] },
    })
    const refused = await entriesOf(intake(), () => signIn({ password: 'not the password at all' }))
    expect(refused).toHaveLength(1)
    expect(refused[0]).toMatchObject({
      log: 'test.safehand.invalid/service',
      event: 'auth.sign-in.failed',
      outcome: 'refused',
      code: 'SIGN_IN_FAILED',
      actor: { kind: 'unknown' },
    })
    expect(JSON.stringify(refused)).not.toContain(ada.email)
  })

  it('[account/sign-in] stores neither password nor code, nor anything quick to guess them by', async () => {
    const { password, code, email } = credentials()
    await ask('/api/session', { body: { email, password, code } })
    const rows = await intake().selectFrom('idempotency').selectAll().execute()
    expect(rows.filter(({ operation }) => operation.includes('sign-in'))).toEqual([])
    const { password_hash } = await intake()
      .selectFrom('account')
      .select('password_hash')
      .where('email', '=', ada.email as never)
      .executeTakeFirstOrThrow()
    expect(password_hash).toMatch(/^\$argon2id\$/)
  })
})

describe('a session', () => {
  it('[account/session] gets a new id at sign-in: one known before opens nothing', async () => {
    const first = await signIn()
    const again = await signIn({}, { Cookie: first.cookie })
    expect(again.status).toBe(200)
    expect(again.cookie).not.toBe(first.cookie)
    const account = (cookie: string) => ask('/api/account', { method: 'GET', headers: { Cookie: cookie } })
    expect((await account(first.cookie)).json.code).toBe('SIGN_IN_REQUIRED')
    expect((await account(again.cookie)).status).toBe(200)
  })

  it('[account/session] is a cookie that scripts and other sites do not get', async () => {
    const { headers } = await signIn()
    const cookie = sessionCookieOf({ headers })
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Lax')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
  })

  it('[account/session] ends at sign-out, and after eight hours whatever is done', async () => {
    const { cookie } = await signIn()
    const account = () => ask('/api/account', { method: 'GET', headers: { Cookie: cookie } })
    expect((await account()).status).toBe(200)
    const out = await ask('/api/session', { method: 'DELETE', headers: { Cookie: cookie } })
    expect(out.status).toBe(200)
    expect((await account()).json.code).toBe('SIGN_IN_REQUIRED')

    const long = await signIn()
    app.clock.pass(8 * 3600)
    const late = await ask('/api/account', { method: 'GET', headers: { Cookie: long.cookie } })
    expect(late.json.code).toBe('SIGN_IN_REQUIRED')
  })

  it('[account/session] changes nothing for another site: CSRF', async () => {
    const { cookie } = await signIn()
    const wish = { body: { scopes: ['account'], days: 1 } }
    const attempts = [
      { Cookie: cookie, 'Safehand-CSRF': '' },
      { Cookie: cookie, Origin: 'https://evil.example' },
      { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' },
    ]
    for (const headers of attempts) {
      const entries = await entriesOf(intake(), async () => {
        expect((await ask('/api/tokens', { ...wish, headers })).json.code).toBe('CSRF_REFUSED')
      })
      expect(entries).toHaveLength(1)
      expect(entries[0]).toMatchObject({ code: 'CSRF_REFUSED', actor: { organisation: ada.organisation } })
    }
    const own = await ask('/api/tokens', { ...wish, headers: { Cookie: cookie, Origin: app.url } })
    expect(own.status).toBe(200)
  })
})

describe('behind https', () => {
  it('[account/session] the cookie is of this host alone and never sent in the clear', async () => {
    const url = 'https://safehand.example'
    const behind = await startApp({ databaseUrl: database.urls.server, publicUrl: url })
    try {
      const wanted = { ownerUrl: database.urls.owner, name: 'Behind', email: 'bea@behind.example' }
      const { token } = await registerOrganisation(behind, wanted)
      const bea = await acceptInvitation(behind, token)
      const { email, password } = bea
      const reply = await fetch(`${behind.url}/api/session`, {
        method: 'POST',
        body: JSON.stringify({ email, password, code: codeOf(behind, bea) }),
        headers: {
          'Content-Type': 'application/json',
          'Safehand-CSRF': '1',
          'Idempotency-Key': randomId(),
          'X-Forwarded-Proto': 'https',
          Origin: url,
        },
      })
      expect(sessionCookieOf(reply)).toMatch(/^__Host-safehand=.*; Path=\/;.*; Secure;/)
      expect(reply.headers.get('strict-transport-security')).toContain('max-age=')
    } finally {
      await behind.stop()
    }
  })
})

describe('a token', () => {
  it('[account/token] does what its scopes say, no more, and only until it expires', async () => {
    const token = await tokenFor(app, ada, ['account'])
    const api = apiOf(app, token)
    expect((await api.call(identityOperations.account, {})).account).toBe(ada.account)
    const body = { email: 'new@council.example', name: 'New', roles: ['caseworker' as const], teams: [] }
    await expect(api.call(identityOperations.invite, { body })).rejects.toMatchObject({ code: 'SCOPE_REQUIRED' })
    await expect(
      api.call(identityOperations.issueToken, { body: { scopes: ['send'], days: 1 } }),
    ).rejects.toMatchObject({ code: 'SCOPE_REQUIRED' })
    const lasting = await api.call(identityOperations.issueToken, { body: { scopes: ['account'], days: 30 } })
    const ends = database.as.owner.database.selectFrom('token').select('expires_at').orderBy('expires_at', 'desc')
    const own = await ends.where('id', '=', token.split('_')[1]!).executeTakeFirstOrThrow()
    expect(lasting.expires).toBe(own.expires_at)
    app.clock.pass(24 * 3600)
    await expect(api.call(identityOperations.account, {})).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' })
  })

  it('[account/token] ends when it is revoked; nobody revokes another’s', async () => {
    const token = await tokenFor(app, ada)
    const api = apiOf(app, token)
    const { id } = await api.call(identityOperations.issueToken, { body: { scopes: ['account'], days: 30 } })
    await expect(api.call(identityOperations.revokeToken, { params: { token: randomId() } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await api.call(identityOperations.revokeToken, { params: { token: id } })
    const [, own = ''] = token.split('_')
    await api.call(identityOperations.revokeToken, { params: { token: own } })
    await expect(api.call(identityOperations.account, {})).rejects.toBeInstanceOf(RefusedByServer)
  })

  it('[account/token] is stored as a hash; the same request twice gives the same token and no secret is kept', async () => {
    const api = apiOf(app, await tokenFor(app, ada))
    const request = { body: { scopes: ['account' as const], days: 1 }, idempotencyKey: randomId() }
    const first = await api.call(identityOperations.issueToken, request)
    expect(await api.call(identityOperations.issueToken, request)).toEqual(first)
    const secret = first.token.split('_')[2] ?? ''
    const stored = await database.as.owner.pool.query(
      'SELECT row_to_json(t)::text AS text FROM token t UNION ALL SELECT row_to_json(i)::text FROM idempotency i',
    )
    expect(stored.rows.length).toBeGreaterThan(1)
    expect(stored.rows.map(({ text }) => text).join()).not.toContain(secret)
  })

  it.each(['shf_nonsense', 'x', `shf_${'0'.repeat(32)}_${'A'.repeat(43)}`])(
    '[account/token] that is none (%s) is nobody',
    async (token) => {
      await expect(apiOf(app, token).call(identityOperations.account, {})).rejects.toMatchObject({
        code: 'SIGN_IN_REQUIRED',
      })
    },
  )
})

describe('bad requests', () => {
  const cases: [string, string, Ask, string][] = [
    ['an unknown path', '/api/nothing/here', { method: 'GET' }, 'NOT_FOUND'],
    ['a path outside the API', '/etc/passwd', { method: 'GET' }, 'NOT_FOUND'],
    ['a broken path', '/api/tokens/%E0%A4%A', { method: 'DELETE' }, 'REQUEST_INVALID'],
    ['an id that is none', `/api/tokens/${'z'.repeat(32)}`, { method: 'DELETE' }, 'SIGN_IN_REQUIRED'],
    ['a method that is not there', '/api/account', {}, 'NOT_FOUND'],
    ['broken JSON', '/api/session', { body: '{"email":' }, 'REQUEST_INVALID'],
    ['JSON that is no object', '/api/session', { body: '[]' }, 'REQUEST_INVALID'],
    [
      'a field that is not described',
      '/api/session',
      { body: { email: 'a@b.example', password: 'p', code: '123456', role: 'siro' } },
      'REQUEST_INVALID',
    ],
    [
      'a prototype',
      '/api/session',
      { body: '{"email":"a@b.example","password":"p","code":"123456","__proto__":{"roles":[]}}' },
      'REQUEST_INVALID',
    ],
    ['deep nesting', '/api/session', { body: '['.repeat(40_000) + ']'.repeat(40_000) }, 'REQUEST_INVALID'],
    ['a body over 100 KiB', '/api/session', { body: JSON.stringify('x'.repeat(100 * 1024)) }, 'REQUEST_TOO_LARGE'],
    [
      'another kind of content',
      '/api/session',
      { body: 'email=a', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'no idempotency key',
      '/api/session',
      { body: { email: 'a@b.example', password: 'p', code: '123456' }, headers: { 'Idempotency-Key': '' } },
      'REQUEST_INVALID',
    ],
    ['nobody signed in', '/api/account', { method: 'GET' }, 'SIGN_IN_REQUIRED'],
  ]
  it.each(cases)('[api/problems] %s: its code, words, one entry, no stack trace', async (_what, path, wanted, code) => {
    let reply: Awaited<ReturnType<typeof ask>> | undefined
    const entries = await entriesOf(intake(), async () => {
      reply = await ask(path, wanted)
    })
    expect(reply?.headers.get('content-type')).toContain('application/problem+json')
    expect(problem.parse(reply?.json)).toMatchObject({ code, status: reply?.status })
    expect(reply?.json.correlation).toBe(reply?.headers.get('safehand-correlation'))
    expect(JSON.stringify(reply?.json)).not.toMatch(/node_modules|\.ts:|at .*\(/)
    expect(entries).toHaveLength(1)
    expect(entries[0]).toMatchObject({
      event: 'request.refused',
      log: 'test.safehand.invalid/service',
      outcome: 'refused',
      code,
      correlation: reply?.json.correlation,
    })
  })
})
