// A password is changed by its holder: with what they show at sign-in, and nothing else that was signed in stays.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { accountOperations } from '#contract/accounts.ts'
import { identityOperations } from '#contract/identity.ts'
import { type AccountsApp, apiWith, shownBy, signInAt, startAccountsApp, tokenOf } from '../../fixtures/accounts-app.ts'
import { entriesOf } from '../../fixtures/entries.ts'

let running: AccountsApp

beforeAll(async () => {
  running = await startAccountsApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database
const newPassword = 'another long pass phrase'
const jobs = async () =>
  (await owner().selectFrom('outbox').select(['job', 'data']).execute()).map(({ job, data }) => ({
    job,
    ...(data as Record<string, string>),
  }))

const attempts = [
  ['a wrong password', () => ({ ...shownBy(running, running.carol), password: 'not it at all, no' })],
  ['a code that was used', () => ({ ...shownBy(running, running.carol), code: '000000' })],
  ['somebody else’s credentials', () => shownBy(running, running.ada)],
] as const

it.each(attempts)('[account/password-change] is refused with %s', async (_what, show) => {
  const { carol } = running
  const token = await tokenOf(running, carol)
  const body = { ...show(), newPassword }
  const entries = await entriesOf(owner(), () =>
    expect(token.call(accountOperations.changePassword, { body: body as never })).rejects.toMatchObject({
      code: 'SIGN_IN_FAILED',
    }),
  )
  expect(entries.at(-1)).toMatchObject({ event: 'account.password.changed', outcome: 'refused' })
  expect((await signInAt(running, carol)).signedIn.status).toBe(200)
  expect((await jobs()).filter(({ job }) => job === 'send-account-mail')).toEqual([])
})

it('[account/password-change] counts from then on, ends everything else that was signed in, and its owner is told', async () => {
  const { carol } = running
  const browser = await signInAt(running, carol)
  const [here, elsewhere] = [await tokenOf(running, carol), await tokenOf(running, carol)]
  const body = { ...shownBy(running, carol), newPassword }
  const entries = await entriesOf(owner(), () => here.call(accountOperations.changePassword, { body: body as never }))
  expect(entries.at(-1)).toMatchObject({ event: 'account.password.changed', outcome: 'success' })
  expect((await browser.ask(identityOperations.account)).json.code).toBe('SIGN_IN_REQUIRED')
  const nobody = { code: 'SIGN_IN_REQUIRED' }
  await expect(apiWith(running, elsewhere.token.token).call(identityOperations.account, {})).rejects.toMatchObject(
    nobody,
  )
  expect(await here.call(identityOperations.account, {})).toMatchObject({ email: carol.email })
  expect((await signInAt(running, carol)).signedIn.json.code).toBe('SIGN_IN_FAILED')
  carol.password = newPassword
  expect((await signInAt(running, carol)).signedIn.status).toBe(200)
  expect(await jobs()).toMatchObject([
    { job: 'send-account-mail', account: carol.person.account, template: 'password-changed' },
  ])
  const kept = await owner().selectFrom('idempotency').select('operation').execute()
  expect(kept.map(({ operation }) => operation)).not.toContain('account.change-password')
})
