// Forms of pages over real HTTP: whose they may be, that what was typed is kept, that pressing twice does it once, and that a
// browser is answered with pages. What a browser does with them: tests/browser.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import * as z from 'zod'
import { problem as problemModel } from '#contract/problem.ts'
import { identityPages } from '../../../server/identity/pages.ts'
import { issueToken } from '../../../server/identity/tokens.ts'
import { personForm, personPage } from '../../../server/page.ts'
import { field, postForm } from '../../../web/components/form.ts'
import { govukInput } from '../../../web/components/govuk.ts'
import { html } from '../../../web/components/html.ts'
import { type RunningApp, startApp } from '../../fixtures/app.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { acceptInvitation, codeOf, registerOrganisation, type TestPerson } from '../../fixtures/people.ts'
import { noteRefusals } from '../../fixtures/installation.ts'
import { sessionCookieOf } from '../../fixtures/session-cookie.ts'

/** A page of this test: its form issues a token, which is an act that can be counted. */
const wishPage = personPage({
  name: 'page.wish',
  path: '/wish',
  show: async ({ entered }) => ({
    title: 'A wish',
    content: postForm('/wish', entered, html`${govukInput({ ...field(entered, 'days'), label: { text: 'Days' } })}`),
  }),
  form: personForm(
    z.object({ days: z.string().regex(/^\d+$/, 'Enter how many days') }),
    async (visit, { days }) => {
      const outcome = await visit.ask(issueToken, { body: { scopes: ['account'], days: Number(days) } })
      return outcome.ok ? { to: `/wish?made=${outcome.next.id}` } : outcome
    },
    {},
  ),
})

let database: TestDatabase
let app: RunningApp
let ada: TestPerson
beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  app = await startApp({ databaseUrl: database.urls.server, pages: [...identityPages, wishPage] })
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

const asBrowser = { Accept: 'text/html,application/xhtml+xml', 'Sec-Fetch-Site': 'same-origin' }

interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly fields?: Readonly<Record<string, string>>
}

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

async function send(path: string, { headers = {}, fields }: Sent = {}): Promise<Reply> {
  const reply = await noteRefusals(`${app.url}${path}`, {
    redirect: 'manual',
    headers: { ...asBrowser, ...(fields && { Origin: app.url }), ...headers },
    ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
  })
  return { status: reply.status, headers: reply.headers, text: await reply.text() }
}

const keyIn = (text: string) => /name="form-key" value="([^"]+)"/.exec(text.split('<main')[1] ?? '')?.[1] ?? ''

async function signIn(changes: Readonly<Record<string, string>> = {}): Promise<Reply & { readonly cookie: string }> {
  app.clock.pass(31)
  const { text } = await send('/sign-in')
  const { email, password } = ada
  const fields = { 'form-key': keyIn(text), email, password, code: codeOf(app, ada), ...changes }
  const reply = await send('/sign-in', { fields })
  return { ...reply, cookie: sessionCookieOf(reply)?.split(';')[0] ?? '' }
}

async function tokens(): Promise<number> {
  const { rows } = await database.as.owner.pool.query('SELECT count(*)::int AS count FROM token')
  return rows[0].count
}

describe('signing in by a form', () => {
  it('[pages/sign-in] leads to the page that was asked for, and to no other place', async () => {
    const asked = await send('/wish?a=1')
    expect(asked.status).toBe(303)
    expect(asked.headers.get('location')).toBe('/sign-in?back=%2Fwish%3Fa%3D1')
    const entered = await signIn({ back: '/wish?a=1' })
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/wish?a=1'])
    const shown = await send('/wish', { headers: { Cookie: entered.cookie } })
    expect(shown.text).toContain('<h1 class="govuk-heading-l">A wish</h1>')
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/ok\nX: y', ''])(
    '[pages/sign-in] does not lead to %j',
    async (back) => {
      expect((await signIn({ back })).headers.get('location')).toBe('/')
    },
  )

  it.each([
    ['a wrong password', { password: 'wrong' }, 401],
    ['no password', { password: '' }, 422],
    ['no address', { email: ' ' }, 422],
    ['what is no address', { email: 'ada' }, 422],
    ['a code in letters too few', { code: 'abc' }, 422],
  ] as const)('[pages/form] keeps what was typed but no secret: %s', async (_what, changes, status) => {
    const reply = await signIn({ email: 'ada.long@a.example', password: 'hunter2-hunter2', ...changes })
    expect(reply.status).toBe(status)
    expect(reply.text).toMatch(/<title>Error: Sign in - Safehand<\/title>/)
    expect(reply.text).toContain('There is a problem')
    if (!('email' in changes)) expect(reply.text).toContain('value="ada.long@a.example"')
    expect(reply.text).not.toContain('hunter2')
    expect(reply.headers.get('safehand-correlation')).toMatch(/^[0-9a-f]{32}$/)
    expect(reply.text).toContain(reply.headers.get('safehand-correlation'))
  })

  it('[pages/sign-in] takes a code in two groups and an address with spaces around it', async () => {
    app.clock.pass(31)
    const code = codeOf(app, ada)
    const reply = await signIn({ email: ` ${ada.email.toUpperCase()} `, code: codeOf(app, ada).replace(/^.../, '$& ') })
    expect(code).toHaveLength(6)
    expect(reply.status).toBe(303)
  })

  it('[pages/sign-in] ends at sign-out, by a form alone', async () => {
    const { cookie } = await signIn()
    const headers = { Cookie: cookie }
    expect((await send('/sign-out', { headers })).headers.get('location')).toBe('/')
    const { text } = await send('/account', { headers })
    const [, key = ''] = /action="\/sign-out"><input type="hidden" name="form-key" value="([^"]+)"/.exec(text) ?? []
    const out = await send('/sign-out', { headers, fields: { 'form-key': key } })
    expect([out.status, out.headers.get('location')]).toEqual([303, '/signed-out'])
    expect((await send('/account', { headers })).status).toBe(303)
  })
})

describe('a form', () => {
  it.each([
    ['from our own page', {}, 303],
    ['from our own page, told by Origin alone', { 'Sec-Fetch-Site': '' }, 303],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }, 403],
    ['from a sister of ours', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.example' }, 403],
    ['from no page', { 'Sec-Fetch-Site': 'none' }, 403],
    ['with an origin that is none', { 'Sec-Fetch-Site': '', Origin: 'null' }, 403],
    ['with the origin of another, whatever else is said', { Origin: 'https://evil.example' }, 403],
    ['from a browser that says nothing', { 'Sec-Fetch-Site': '', Origin: '' }, 403],
  ] as const)('[pages/forgery] counts only from here: %s', async (_what, changes, status) => {
    const { cookie } = await signIn()
    const { text } = await send('/wish', { headers: { Cookie: cookie } })
    const before = await tokens()
    const all = { Cookie: cookie, ...changes } as Record<string, string>
    const dropped = Object.entries(all).filter(([, value]) => value !== '')
    const hidden = Object.keys(all).filter((name) => all[name] === '')
    const reply = await sendExactly({ headers: dropped, without: hidden, key: keyIn(text) })
    expect(reply.status).toBe(status)
    expect(await tokens()).toBe(before + (status === 303 ? 1 : 0))
    if (status === 403) expect(reply.text).toContain('CSRF_REFUSED')
  })

  const otherKeys: readonly (readonly [string, () => Promise<string>])[] = [
    ['none', async () => ''],
    ['one of nobody', async () => 'a'.repeat(32)],
    [
      'one of another session',
      async () => keyIn((await send('/wish', { headers: { Cookie: (await signIn()).cookie } })).text),
    ],
    ['one from before signing in', async () => keyIn((await send('/sign-in')).text)],
  ]
  it.each(otherKeys)('[pages/forgery] counts only with a key of this session: %s', async (_what, other) => {
    const key = await other()
    const { cookie } = await signIn()
    const before = await tokens()
    const reply = await send('/wish', { headers: { Cookie: cookie }, fields: { 'form-key': key, days: '3' } })
    expect(reply.status).toBe(403)
    expect(await tokens()).toBe(before)
    // Nothing typed is lost, and the form that comes back works.
    expect(reply.text).toContain('value="3"')
    const again = await send('/wish', {
      headers: { Cookie: cookie },
      fields: { 'form-key': keyIn(reply.text), days: '3' },
    })
    expect(again.status).toBe(303)
  })

  it('[pages/once] pressed twice does it once; with a new key or other words it is another', async () => {
    const { cookie } = await signIn()
    const headers = { Cookie: cookie }
    const key = keyIn((await send('/wish', { headers })).text)
    const before = await tokens()
    const press = (days: string) => send('/wish', { headers, fields: { 'form-key': key, days } })
    const [first, second] = await Promise.all([press('3'), press('3')])
    expect([first.status, second.status]).toEqual([303, 303])
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(await tokens()).toBe(before + 1)
    expect((await press('4')).status).toBe(409)
    expect(await tokens()).toBe(before + 1)
  })

  it('[pages/form] is told when nobody is signed in, and says how nothing is lost', async () => {
    const reply = await send('/wish', { fields: { 'form-key': 'x', days: '3' } })
    expect(reply.status).toBe(401)
    expect(reply.text).toContain('what you typed is still there')
  })

  it.each([
    ['JSON', 'application/json', '{}', 415],
    ['a file', 'multipart/form-data; boundary=x', '--x--', 415],
    ['more than a form', 'application/x-www-form-urlencoded', `a=${'b'.repeat(200_000)}`, 413],
  ] as const)('[pages/form] is not %s', async (_what, type, body, status) => {
    const { cookie } = await signIn()
    const headers = { ...asBrowser, Origin: app.url, Cookie: cookie, 'Content-Type': type }
    const reply = await noteRefusals(`${app.url}/wish`, { method: 'POST', headers, body })
    expect(reply.status).toBe(status)
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })
})

describe('a refusal', () => {
  it.each(['/nowhere', '/api/account', '/api/nowhere'])(
    '[pages/refusals] is a page for a browser and a problem for a program: %s',
    async (path) => {
      const page = await send(path)
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(page.headers.get('vary')).toContain('Accept')
      const program = await fetch(`${app.url}${path}`)
      const problem = problemModel.parse(await program.json())
      expect(page.status).toBe(program.status)
      expect(page.text).toContain(problem.code)
      expect(page.text).toContain(problem.action.replaceAll("'", '&#39;'))
      expect(page.text).toContain(page.headers.get('safehand-correlation'))
    },
  )
})

describe('what browsers are told', () => {
  it('[pages/policy] nothing of a page runs or is drawn but our own files, each with its digest', async () => {
    const { headers, text } = await send('/sign-in')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|data:|blob:|\*/)
    expect(headers.get('integrity-policy')).toBe('blocked-destinations=(script)')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(text).not.toMatch(/<script>|<style|style="|\son[a-z]+="/)
    for (const [tag] of text.matchAll(/<script[^>]*>|<link rel="stylesheet"[^>]*>/g)) {
      expect(tag).toMatch(/(src|href)="\/assets\/[\w-]+\.(js|css)" integrity="sha384-/)
    }
  })

  it('[pages/assets] may be kept for ever, ask nobody who they are, and have the digest that the page names', async () => {
    const { text } = await send('/sign-in')
    const named = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"(?: integrity="([^"]+)")?/g)]
    expect(named.length).toBeGreaterThan(2)
    for (const [, path, integrity] of named) {
      const reply = await fetch(`${app.url}${path}`)
      expect([reply.status, reply.headers.get('set-cookie')]).toEqual([200, null])
      expect(reply.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      const digest = await crypto.subtle.digest('SHA-384', await reply.arrayBuffer())
      if (integrity) expect(`sha384-${new Uint8Array(digest).toBase64()}`).toBe(integrity)
    }
    expect((await fetch(`${app.url}/assets/none-0123456789abcdef.js`)).status).toBe(404)
  })
})

/** Node's fetch adds Sec-Fetch-Mode alone; what is left out is not sent. */
async function sendExactly(sent: {
  readonly headers: readonly (readonly [string, string])[]
  readonly without: readonly string[]
  readonly key: string
}) {
  const all = new Map(Object.entries({ ...asBrowser, Origin: app.url }))
  for (const [name, value] of sent.headers) all.set(name, value)
  for (const name of sent.without) all.delete(name)
  const reply = await noteRefusals(`${app.url}/wish`, {
    method: 'POST',
    redirect: 'manual',
    headers: Object.fromEntries(all),
    body: new URLSearchParams({ 'form-key': sent.key, days: '3' }),
  })
  return { status: reply.status, text: await reply.text() }
}
