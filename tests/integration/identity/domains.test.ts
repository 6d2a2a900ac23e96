// An organisation invites within its own domains, nobody learns who has an account elsewhere, and nobody occupies an address
// that is not theirs.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { identityOperations } from '#contract/identity.ts'
import { type AccountsApp, apiWith, signInAt, startAccountsApp, tokenOf } from '../../fixtures/accounts-app.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { acceptInvitation, runOrganisationScript } from '../../fixtures/people.ts'

let running: AccountsApp
let ada: Awaited<ReturnType<typeof tokenOf>>

beforeAll(async () => {
  running = await startAccountsApp(inject('services'))
  ada = await tokenOf(running, running.ada)
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database
const wish = (email: string) => ({
  body: { email: email as never, name: 'Zoe New', roles: ['caseworker' as const], teams: [] },
})
const invite = (email: string) => ada.call(identityOperations.invite, wish(email))
const refused = (act: Promise<unknown>) =>
  act.then(
    () => null,
    ({ code, message, action }) => ({ code, message, action }),
  )
const operator = (...options: string[]) =>
  runOrganisationScript(running.app, { ownerUrl: running.database.urls.owner, options })
const first = (email: string) => ['--administrator-email', email, '--administrator-name', 'First Admin']

describe('inviting', () => {
  it('[account/domains] outside one’s domains is refused in the same words, whoever has an account there', async () => {
    const answers = []
    for (const email of [
      'olga@police.example',
      'nobody@police.example',
      'ada@sub.council.example',
      'a@nowhere.example',
    ])
      answers.push(await refused(invite(email)))
    expect(answers[0]).toMatchObject({ code: 'ADDRESS_OUTSIDE' })
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1)
  })

  it('[account/domains] says of no foreign account that it has the address: it goes on as usual, and the account ends', async () => {
    // As if the domain had been theirs once.
    await running.database.as.owner.pool.query(`UPDATE account SET email = 'zoe@council.example' WHERE id = $1`, [
      running.olga.person.account,
    ])
    const olga = await signInAt(running, { ...running.olga, email: 'zoe@council.example' })
    expect(olga.signedIn.status).toBe(200)
    const { token } = await invite('zoe@council.example')
    expect((await olga.ask(identityOperations.account)).status).toBe(200)
    const entries = await entriesOf(owner(), async () => {
      const zoe = await acceptInvitation(running.app, token)
      expect(zoe.organisation).toBe(running.ada.organisation.id)
    })
    expect(entries.map(({ log, event }) => [event, log.split('/').at(-1)])).toEqual([
      ['account.accepted', running.ada.organisation.id],
      ['account.accepted', running.olga.organisation.id],
    ])
    expect((await olga.ask(identityOperations.account)).json.code).toBe('SIGN_IN_REQUIRED')
  })

  it('[account/domains] an invitation counts no more once the domain is another organisation’s', async () => {
    const { token } = await invite('yan@council.example')
    await running.database.as.owner.pool.query(
      `UPDATE organisation_domain SET organisation = $1 WHERE domain = 'council.example'`,
      [running.olga.organisation.id],
    )
    const wrong = `shi_${'0'.repeat(32)}_${'A'.repeat(43)}`
    const answers = [
      await refused(acceptInvitation(running.app, token)),
      await refused(acceptInvitation(running.app, wrong)),
    ]
    expect(answers[0]).toEqual(answers[1])
    await running.database.as.owner.pool.query(
      `UPDATE organisation_domain SET organisation = $1 WHERE domain = 'council.example'`,
      [running.ada.organisation.id],
    )
  })
})

describe('the operator', () => {
  const attempts: readonly [string, () => string[], string | null][] = [
    ['another’s domain', () => ['--name', 'One', ...first('a@council.example')], 'DOMAIN_TAKEN'],
    [
      'an administrator outside the domains',
      () => ['--name', 'Two', '--domain', 'two.example', ...first('a@three.example')],
      'ADDRESS_OUTSIDE',
    ],
    [
      'what is no domain',
      () => ['--name', 'Three', '--domain', '*.three.example', ...first('a@three.example')],
      '--domain',
    ],
    [
      'a further domain of another',
      () => ['--organisation', running.ada.organisation.id, '--domain', 'police.example'],
      'DOMAIN_TAKEN',
    ],
    ['a domain of nobody', () => ['--organisation', '0'.repeat(32), '--domain', 'four.example'], 'NOT_FOUND'],
    [
      'a first administrator where there is a roster',
      () => ['--organisation', running.ada.organisation.id, ...first('new@council.example')],
      'ORGANISATION_STANDS',
    ],
  ]
  it.each(attempts)('[account/domains] is refused %s', async (_what, options, code) => {
    await expect(operator(...options())).rejects.toThrow(code ?? '')
  })

  it('[account/domains] adds a domain, and people are invited within it', async () => {
    expect((await refused(invite('a@added.example')))?.code).toBe('ADDRESS_OUTSIDE')
    const entries = await entriesOf(owner(), () =>
      operator('--organisation', running.ada.organisation.id, '--domain', 'Added.example'),
    )
    expect(entries.map(({ event }) => event)).toEqual(['org.domains.registered', 'org.domains.registered'])
    expect(await refused(invite('a@added.example'))).toBeNull()
  })

  it('[account/first-invitation] issues a lost first invitation anew: the old one is dead, and so is what was made with it', async () => {
    const { organisation, token } = await operator('--name', 'Lostham', ...first('a@lostham.example'))
    const again = (email: string) => operator('--organisation', organisation, ...first(email))
    const second = await again('b@lostham.example')
    await expect(acceptInvitation(running.app, token)).rejects.toMatchObject({ code: 'INVITATION_INVALID' })
    const made = await acceptInvitation(running.app, second.token)
    const api = await tokenOf(running, made)
    expect(await api.call(identityOperations.account, {})).toMatchObject({ roles: ['organisation-administrator'] })
    const entries = await entriesOf(owner(), async () => {
      const third = await again('b@lostham.example')
      await expect(api.call(identityOperations.account, {})).rejects.toMatchObject({ code: 'SIGN_IN_REQUIRED' })
      const anew = await acceptInvitation(running.app, third.token)
      expect(anew.account).not.toBe(made.account)
    })
    expect(entries.map(({ event }) => event)).toContain('org.first-administrator.invited')
    expect(
      await apiWith(running)
        .call(identityOperations.acceptInvitation, {
          body: { token: second.token, password: 'some long pass phrase' },
        })
        .catch(({ code }) => code),
    ).toBe('INVITATION_INVALID')
  })
})
