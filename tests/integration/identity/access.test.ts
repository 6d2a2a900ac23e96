// What is signed in as somebody: they see it and end it, and nothing that was made with a token outlives it.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { accountOperations } from '#contract/accounts.ts'
import { identityOperations } from '#contract/identity.ts'
import type { Scope } from '#contract/operation.ts'
import { randomId } from '#platform/crypto.ts'
import { type AccountsApp, apiWith, signInAt, startAccountsApp, tokenOf } from '../../fixtures/accounts-app.ts'
import { entriesOf } from '../../fixtures/entries.ts'

let running: AccountsApp

beforeAll(async () => {
  running = await startAccountsApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database
const issue = async (api: ReturnType<typeof apiWith>, scopes: Scope[]) =>
  api.call(identityOperations.issueToken, { body: { scopes, days: 1 } })
const works = async (token: string) =>
  (await apiWith(running, token)
    .call(identityOperations.account, {})
    .catch((error) => error.code)) !== 'SIGN_IN_REQUIRED'

describe('sessions and tokens of one person', () => {
  it('[account/access] are listed to them alone, with what asks marked, and without a secret', async () => {
    const browser = await signInAt(running, running.carol)
    const other = await tokenOf(running, running.ada)
    const token = await tokenOf(running, running.carol)
    const child = await issue(token, ['account'])
    const seen = await token.call(accountOperations.access, {})
    expect(seen.sessions).toHaveLength(1)
    expect(seen.tokens.map(({ id, madeBy, current }) => ({ id, madeBy, current }))).toEqual(
      expect.arrayContaining([
        { id: token.token.id, madeBy: null, current: true },
        { id: child.id, madeBy: token.token.id, current: false },
      ]),
    )
    expect(JSON.stringify(seen)).not.toContain(other.token.id)
    expect(JSON.stringify(seen)).not.toMatch(/shf_/)
    const { json } = await browser.ask(accountOperations.access)
    expect(json.sessions).toMatchObject([{ id: seen.sessions[0]!.id, current: true }])
    expect(Date.parse(json.sessions[0].lastUsed)).toBeLessThanOrEqual(Date.now() + 1000)
  })

  it('[account/access] a session is ended by its holder, and by nobody else', async () => {
    const browser = await signInAt(running, running.carol)
    const { json } = await browser.ask(accountOperations.access)
    const session = json.sessions.find(({ current }: { current: boolean }) => current).id
    const params = { session }
    const end = (api: ReturnType<typeof apiWith>) => api.call(accountOperations.endSession, { params })
    await expect(end(await tokenOf(running, running.ada))).rejects.toMatchObject({ code: 'SESSION_ENDED' })
    expect((await browser.ask(identityOperations.account)).status).toBe(200)
    const own = await tokenOf(running, running.carol)
    const entries = await entriesOf(owner(), () => end(own))
    expect(entries).toMatchObject([{ event: 'auth.session.ended', outcome: 'success' }])
    expect((await browser.ask(identityOperations.account)).json.code).toBe('SIGN_IN_REQUIRED')
    await expect(end(own)).rejects.toMatchObject({ code: 'SESSION_ENDED' })
  })

  it('[account/access] all but the one that asks end at once', async () => {
    const browser = await signInAt(running, running.carol)
    const [one, other] = [await tokenOf(running, running.carol), await tokenOf(running, running.carol)]
    const someone = await tokenOf(running, running.ada)
    const entries = await entriesOf(owner(), async () => {
      const ended = await one.call(accountOperations.endOthers, {})
      expect(ended.sessions).toBeGreaterThan(0)
      expect(ended.tokens).toBeGreaterThan(0)
    })
    expect(entries).toMatchObject([{ event: 'auth.others.ended', outcome: 'success' }])
    expect(await works(one.token.token)).toBe(true)
    expect(await works(other.token.token)).toBe(false)
    expect(await works(someone.token.token)).toBe(true)
    expect((await browser.ask(identityOperations.account)).json.code).toBe('SIGN_IN_REQUIRED')
  })
})

describe('a token', () => {
  it('[account/token] made by a token dies with it, however long the line', async () => {
    const first = await tokenOf(running, running.carol)
    const second = await issue(first, ['account', 'send'])
    const third = await issue(apiWith(running, second.token), ['account'])
    const fourth = await issue(apiWith(running, third.token), ['account'])
    await first.call(identityOperations.revokeToken, { params: { token: second.id } })
    const line = [first.token.token, second.token, third.token, fourth.token]
    expect(await Promise.all(line.map(works))).toEqual([true, false, false, false])
    const { tokens } = await first.call(accountOperations.access, {})
    expect(tokens.map(({ id }) => id)).not.toContain(fourth.id)
  })

  it('[account/token] that was made while the one it was made with is revoked does not outlive it', async () => {
    const first = await tokenOf(running, running.carol)
    const made = await Promise.allSettled([
      issue(first, ['account']),
      issue(first, ['account']),
      first.call(identityOperations.revokeToken, { params: { token: first.token.id } }),
      issue(first, ['account']),
    ])
    for (const one of made) {
      if (one.status === 'fulfilled' && 'token' in one.value) expect(await works(one.value.token)).toBe(false)
      if (one.status === 'rejected') expect(one.reason.code).toBe('SIGN_IN_REQUIRED')
    }
    // Even written past the decision: the line itself says it.
    const id = randomId()
    await running.database.as.owner.pool.query(
      `INSERT INTO token (id, account, secret_hash, scopes, ancestors, expires_at, created_at)
       SELECT $1, account, '\\x01', scopes, ARRAY[$2::text], expires_at, created_at FROM token WHERE id = $2::text`,
      [id, first.token.id],
    )
    const { tokens } = await (await tokenOf(running, running.carol)).call(accountOperations.access, {})
    expect(tokens.map((one) => one.id)).not.toContain(id)
  })

  const attempts = [
    ['revokes a broader one', 'revoke-broad', 'SCOPE_REQUIRED'],
    ['ends a session', 'end-session', 'SCOPE_REQUIRED'],
    ['ends all others', 'end-others', 'SCOPE_REQUIRED'],
    ['makes a broader one', 'issue-broad', 'SCOPE_REQUIRED'],
    ['revokes one of its own kind', 'revoke-narrow', null],
    ['revokes itself', 'revoke-self', null],
  ] as const

  it.each(attempts)('[account/token] that may do little %s: %s is %s', async (_what, attempt, code) => {
    const browser = await signInAt(running, running.carol)
    const { json } = await browser.ask(accountOperations.access)
    const broad = await tokenOf(running, running.carol)
    const [narrow, alike] = [await issue(broad, ['account']), await issue(broad, ['account'])]
    const api = apiWith(running, narrow.token)
    const revoke = (token: string) => api.call(identityOperations.revokeToken, { params: { token } })
    const acts = {
      'revoke-broad': () => revoke(broad.token.id),
      'end-session': () => api.call(accountOperations.endSession, { params: { session: json.sessions[0].id } }),
      'end-others': () => api.call(accountOperations.endOthers, {}),
      'issue-broad': () => issue(api, ['account', 'send']),
      'revoke-narrow': () => revoke(alike.id),
      'revoke-self': () => revoke(narrow.id),
    }
    const outcome = await acts[attempt]().then(
      () => null,
      (error) => error.code,
    )
    expect(outcome).toBe(code)
    expect(await works(broad.token.token)).toBe(true)
    expect((await browser.ask(identityOperations.account)).status).toBe(200)
  })
})
