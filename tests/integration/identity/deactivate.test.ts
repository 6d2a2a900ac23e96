// An account ends: nobody acts as it any more, by any way in, and its address is free.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { accountOperations } from '#contract/accounts.ts'
import { identityOperations } from '#contract/identity.ts'
import {
  type AccountsApp,
  apiWith,
  type Holder,
  shownBy,
  signInAt,
  startAccountsApp,
  tokenOf,
} from '../../fixtures/accounts-app.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { acceptInvitation, tokenFor } from '../../fixtures/people.ts'

let running: AccountsApp

beforeAll(async () => {
  running = await startAccountsApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database
const deactivate = async (by: Holder, email: string) =>
  (await tokenOf(running, by)).call(accountOperations.deactivate, { body: { email: email as never } })

it('[account/deactivated] is refused to who is no administrator, for people of others, and for the last administrator', async () => {
  const attempts: readonly [Holder, string, string][] = [
    [running.carol, 'abel@council.example', 'ROLE_REQUIRED'],
    [running.ada, 'olga@police.example', 'NOT_FOUND'],
    [running.ada, 'nobody@council.example', 'NOT_FOUND'],
    [running.olga, 'olga@police.example', 'LAST_ADMINISTRATOR'],
  ]
  for (const [by, email, code] of attempts) {
    const entries = await entriesOf(owner(), () => expect(deactivate(by, email)).rejects.toMatchObject({ code }))
    expect(entries.at(-1)).toMatchObject({ event: 'account.deactivated', outcome: 'refused', code })
  }
  const ended = await owner().selectFrom('account').select('id').where('deactivated_at', 'is not', null).execute()
  expect(ended).toEqual([])
})

it('[account/deactivated] nobody acts as it any more: session, token, password, invitation and key end with it', async () => {
  const { carol, ada } = running
  const browser = await signInAt(running, carol)
  const byToken = await tokenOf(running, carol)
  const admin = await tokenOf(running, ada)
  const [before] = await owner()
    .selectFrom('current_certificate')
    .selectAll()
    .where('account', '=', carol.person.account)
    .execute()
  expect(before?.revoked_at).toBeNull()
  const entries = await entriesOf(owner(), () =>
    admin.call(accountOperations.deactivate, { body: { email: carol.email as never } }),
  )
  expect(entries).toMatchObject([
    {
      event: 'account.deactivated',
      outcome: 'success',
      detail: { encryptionSubkeys: [carol.person.key.encryptionSubkey] },
    },
  ])
  expect(JSON.stringify(entries)).not.toContain(carol.email)
  expect((await browser.ask(identityOperations.account)).json.code).toBe('SIGN_IN_REQUIRED')
  await expect(byToken.call(identityOperations.account, {})).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' })
  expect((await signInAt(running, carol)).signedIn.json.code).toBe('SIGN_IN_FAILED')
  const body = { ...shownBy(running, carol), scopes: ['account' as const], days: 1 }
  await expect(apiWith(running).call(identityOperations.signInForToken, { body: body as never })).rejects.toMatchObject(
    {
      code: 'SIGN_IN_FAILED',
    },
  )
  const [after] = await owner()
    .selectFrom('current_certificate')
    .selectAll()
    .where('account', '=', carol.person.account)
    .execute()
  expect(after?.revoked_at).not.toBeNull()
  await expect(deactivate(ada, carol.email)).rejects.toMatchObject({ code: 'ACCOUNT_ENDED' })
})

it('[account/deactivated] the address can be given to somebody else, who is somebody new', async () => {
  const admin = await tokenOf(running, running.ada)
  const invitation = {
    email: running.carol.email as never,
    name: 'Carla New',
    roles: ['caseworker' as const],
    teams: [],
  }
  const earlier = await admin.call(identityOperations.invite, { body: invitation })
  const carla = await acceptInvitation(running.app, earlier.token)
  expect(carla.account).not.toBe(running.carol.person.account)
  const account = await apiWith(running, await tokenFor(running.app, carla)).call(identityOperations.account, {})
  expect(account).toMatchObject({ name: 'Carla New', roles: [], key: null })
})
