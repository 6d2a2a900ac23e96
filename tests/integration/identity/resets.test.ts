// A lost password or authenticator is made new: by a code that an administrator says over; of an administrator, by two.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { accountOperations } from '#contract/accounts.ts'
import { identityOperations } from '#contract/identity.ts'
import { resetOperations } from '#contract/resets.ts'
import { randomId } from '#platform/crypto.ts'
import {
  type AccountsApp,
  apiWith,
  type Holder,
  signInAt,
  startAccountsApp,
  tokenOf,
} from '../../fixtures/accounts-app.ts'
import { entriesOf } from '../../fixtures/entries.ts'

let running: AccountsApp
/** Each signs in once: what is slow here is the password. */
let as: Record<'ada' | 'abel' | 'anna' | 'carol' | 'olga', Awaited<ReturnType<typeof tokenOf>>>

beforeAll(async () => {
  running = await startAccountsApp(inject('services'))
  const { ada, abel, anna, carol, olga } = running
  as = {
    ada: await tokenOf(running, ada),
    abel: await tokenOf(running, abel),
    anna: await tokenOf(running, anna),
    carol: await tokenOf(running, carol),
    olga: await tokenOf(running, olga),
  }
})
afterAll(async () => {
  await running?.stop()
})
beforeEach(async () => {
  await running.database.as.owner.database.deleteFrom('outbox').execute()
  await running.database.as.owner.database.deleteFrom('account_reset').execute()
})

const owner = () => running.database.as.owner.database
const password = 'a pass phrase that is new'
type Name = keyof typeof as
const open = (by: Name, whose: Pick<Holder, 'email'>) =>
  as[by].call(resetOperations.open, { body: { email: whose.email as never } })
const confirm = (by: Name, reset: string) => as[by].call(resetOperations.confirm, { params: { reset } })
const withdraw = (by: Name, reset: string) => as[by].call(resetOperations.withdraw, { params: { reset } })
const complete = (email: string, code: string) =>
  apiWith(running).call(resetOperations.complete, { body: { email: email as never, code, password } })
const refusal = (act: Promise<unknown>) =>
  act.then(
    () => null,
    (error) => error.code,
  )
const told = async () => {
  const rows = await owner().selectFrom('outbox').select('data').where('job', '=', 'send-account-mail').execute()
  return rows.map(({ data }) => data as Record<string, string>).map(({ template, account }) => [template, account])
}

describe('opening a reset', () => {
  const attempts: readonly [string, Name, () => string, string | null][] = [
    ['by somebody who is no administrator', 'carol', () => running.ada.email, 'ROLE_REQUIRED'],
    ['for somebody of another organisation', 'ada', () => running.olga.email, 'NOT_FOUND'],
    ['for an address without an account', 'ada', () => 'nobody@council.example', 'NOT_FOUND'],
    ['for oneself', 'ada', () => running.ada.email, 'SECOND_PERSON_REQUIRED'],
    ['for the only administrator, by themselves', 'olga', () => running.olga.email, 'SECOND_PERSON_REQUIRED'],
    ['for a colleague', 'ada', () => running.carol.email, null],
    ['for an administrator, where there is a third', 'ada', () => running.abel.email, null],
  ]
  it.each(attempts)('[account/reset] %s', async (_what, by, email, code) => {
    const entries = await entriesOf(owner(), async () => expect(await refusal(open(by, { email: email() }))).toBe(code))
    expect(entries).toMatchObject([{ event: 'account.reset.opened', code }])
    expect(JSON.stringify(entries)).not.toContain(email())
  })
})

describe('a reset of a colleague', () => {
  it('[account/reset] gives a new password, authenticator and codes once, ends what was signed in, and its owner is told', async () => {
    const { carol } = running
    const before = { password: carol.password, totpSecret: carol.totpSecret, code: carol.codes[0]! }
    const browser = await signInAt(running, carol)
    const { code, needsSecond } = await open('ada', carol)
    expect(needsSecond).toBe(false)
    // Until it is completed, nothing has changed.
    expect((await browser.ask(identityOperations.account)).status).toBe(200)
    const made = await complete(carol.email.toUpperCase(), code.toLowerCase().replaceAll('-', ' '))
    expect(made.totpSecret).not.toBe(before.totpSecret)
    expect((await browser.ask(identityOperations.account)).json.code).toBe('SIGN_IN_REQUIRED')
    expect(await refusal(as.carol.call(identityOperations.account, {}))).toBe('SIGN_IN_REQUIRED')
    expect((await signInAt(running, carol)).signedIn.json.code).toBe('SIGN_IN_FAILED')
    carol.password = password
    expect((await signInAt(running, carol)).signedIn.json.code).toBe('SIGN_IN_FAILED')
    carol.totpSecret = made.totpSecret
    carol.codes = made.codes
    expect((await signInAt(running, carol)).signedIn.status).toBe(200)
    const old = { email: carol.email, password, code: before.code }
    const { json } = await (await signInAt(running, carol)).ask(identityOperations.signIn, old)
    expect(json.code).toBe('SIGN_IN_FAILED')
    expect(await refusal(complete(carol.email, code))).toBe('RESET_INVALID')
    expect(await told()).toEqual([
      ['reset-opened', carol.person.account],
      ['reset-completed', carol.person.account],
    ])
    as.carol = await tokenOf(running, carol)
  })

  it('[account/reset] is answered again under its key as before, and nothing stored holds a secret', async () => {
    const { carol } = running
    const { code } = await open('ada', carol)
    const request = { body: { email: carol.email as never, code, password }, idempotencyKey: randomId() }
    const first = await apiWith(running).call(resetOperations.complete, request)
    expect(await apiWith(running).call(resetOperations.complete, request)).toEqual(first)
    const { rows } = await running.database.as.owner.pool.query(
      `SELECT reply::text AS kept FROM idempotency UNION ALL SELECT data::text FROM outbox
       UNION ALL SELECT account_reset::text FROM account_reset`,
    )
    const stored = rows.map(({ kept }) => kept).join()
    for (const secret of [code, password, first.totpSecret, ...first.codes]) expect(stored).not.toContain(secret)
    carol.totpSecret = first.totpSecret
    as.carol = await tokenOf(running, carol)
  })

  it('[account/reset] only the code that was said last counts, for a day, and not once it was taken back', async () => {
    const { carol } = running
    const earlier = await open('ada', carol)
    const later = await open('abel', carol)
    expect(await refusal(complete(carol.email, earlier.code))).toBe('RESET_INVALID')
    expect(await refusal(withdraw('olga', later.id))).toBe('NOT_FOUND')
    await withdraw('carol', later.id)
    expect(await refusal(withdraw('carol', later.id))).toBe('RESET_ENDED')
    expect(await refusal(complete(carol.email, later.code))).toBe('RESET_INVALID')
    const third = await open('ada', carol)
    running.app.clock.pass(24 * 3600)
    expect(await refusal(complete(carol.email, third.code))).toBe('RESET_INVALID')
    for (const name of Object.keys(as) as Name[]) as[name] = await tokenOf(running, running[name])
  })

  it('[account/reset] ends with the account', async () => {
    const { code } = await open('ada', running.dave)
    await as.ada.call(accountOperations.deactivate, { body: { email: running.dave.email as never } })
    expect(await refusal(complete(running.dave.email, code))).toBe('RESET_INVALID')
  })
})

describe('a reset of an administrator', () => {
  const attempts: readonly [string, Name, string | null][] = [
    ['by who opened it', 'ada', 'SECOND_PERSON_REQUIRED'],
    ['by whom it is for', 'abel', 'SECOND_PERSON_REQUIRED'],
    ['by somebody who is no administrator', 'carol', 'ROLE_REQUIRED'],
    ['by an administrator of another organisation', 'olga', 'NOT_FOUND'],
    ['by a third', 'anna', null],
  ]
  it.each(attempts)('[account/reset-second] is confirmed %s: %s', async (_what, by, code) => {
    const { id, code: said, needsSecond } = await open('ada', running.abel)
    expect(needsSecond).toBe(true)
    expect(await refusal(complete(running.abel.email, said))).toBe('RESET_WAITING')
    const entries = await entriesOf(owner(), async () => expect(await refusal(confirm(by, id))).toBe(code))
    expect(entries).toMatchObject([{ event: 'account.reset.confirmed', code }])
    if (code !== null) return expect(await refusal(complete(running.abel.email, said))).toBe('RESET_WAITING')
    expect(await refusal(confirm(by, id))).toBe('RESET_ENDED')
    const made = await complete(running.abel.email, said)
    expect(made.account).toBe(running.abel.person.account)
    Object.assign(running.abel, { password, totpSecret: made.totpSecret })
    as.abel = await tokenOf(running, running.abel)
  })

  it('[account/reset-second] is seen by the administrators who may confirm it, and they are told', async () => {
    const { id } = await open('ada', running.abel)
    const seen = async (by: Name) => (await as[by].call(resetOperations.list, {})).resets.map((one) => one.id)
    expect(await seen('anna')).toEqual([id])
    expect(await seen('carol')).toEqual([])
    expect(await seen('olga')).toEqual([])
    expect(await told()).toEqual([
      ['reset-opened', running.abel.person.account],
      ['reset-asked', running.anna.person.account],
    ])
  })

  it('[account/reset-second] of two cannot be opened: nobody could confirm it', async () => {
    await as.ada.call(accountOperations.deactivate, { body: { email: running.anna.email as never } })
    expect(await refusal(open('ada', running.abel))).toBe('SECOND_PERSON_MISSING')
  })
})

it('[account/reset] answers every wrong code and address alike', async () => {
  const { code } = await open('ada', running.carol)
  const wrong = [
    ['carol@council.example', 'ABCD-EFGH-JKLM'],
    ['nobody@council.example', code],
    ['olga@police.example', code],
    ['abel@council.example', code],
  ] as const
  const said = await Promise.all(
    wrong.map(([email, shown]) =>
      complete(email, shown).catch(({ message, ...rest }) => ({ message, code: rest.code })),
    ),
  )
  expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1)
  expect(said[0]).toMatchObject({ code: 'RESET_INVALID' })
})
