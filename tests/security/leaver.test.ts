// Somebody who left: their organisation's next roster leaves them out. With its registration everything ends that let them
// act or be told anything, and nothing of it comes back with a later roster (ARCHITECTURE.md#leaving).
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { register, registerAndProve } from '#client/trust/key-proof.ts'
import { identityOperations } from '#contract/identity.ts'
import { agreementOperations } from '#contract/agreements.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { webhookOperations } from '#contract/webhooks.ts'
import { draftTransfer } from '#client/send/draft.ts'
import type { AccountId, CorrelationId, Email, Fingerprint, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { loadNotificationFacts } from '#store/transfers/notifications.ts'
import type { TestOrganisation, TestPerson } from '../fixtures/documents.ts'
import { makePerson, newId } from '../fixtures/documents.ts'
import { testOrigin } from '../fixtures/app.ts'
import { entriesOf } from '../fixtures/entries.ts'
import { enter, registerLaterRoster, signLaterRoster, withRoles } from '../fixtures/later-roster.ts'
import { acceptInvitation, apiOf, tokenFor } from '../fixtures/people.ts'
import { codeOf, fetchManifest, release, sendToOlu } from '../fixtures/transfer-acts.ts'
import {
  effectsOf,
  fileOf,
  judge,
  type Member,
  prove,
  requestOf,
  sendingOf,
  startTransferApp,
  type TransferApp,
} from '../fixtures/transfer-app.ts'

let running: TransferApp
let police: TestOrganisation
let council: TestOrganisation
let policeAdmin: Member
let toOlu: TransferId
let toTeam: TransferId
let councilAdmin: Member

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  // Before the rosters that follow: a note names its sender's roster of the day.
  toOlu = await sendToOlu(running, bytes())
  await judge(running, { transfer: toOlu, verdict: 'clean' })
  toTeam = await release(running, bytes())
  const both = async (organisation: TestOrganisation, admin: TestPerson, change: (one: TestPerson) => TestPerson) => {
    const people = [...organisation.people.map(change), admin]
    return signLaterRoster(running, { organisation, people })
  }
  const at = systemClock.now() as Instant
  const roles = ['organisation-administrator'] as const
  const polly = await makePerson({ name: 'Polly Admin', email: 'polly@police.example', roles, at })
  const ada = await makePerson({ name: 'Ada Admin', email: 'ada@council.example', roles, at })
  const { olu } = running
  police = await both(running.world.police, polly, (one) =>
    one.account === olu.person.account ? withRoles(one, ['caseworker', 'organisation-administrator']) : one,
  )
  council = await both(running.world.council, ada, (one) => one)
  policeAdmin = await enter(running, { organisation: police, person: polly })
  councilAdmin = await enter(running, { organisation: council, person: ada })
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database
const bytes = () => [fileOf(new TextEncoder().encode('a line'))]
const without = (people: readonly TestPerson[], ...left: readonly Member[]) =>
  people.filter(({ account }) => !left.some(({ person }) => person.account === account))
const hookTo = (url: string) => ({ body: { url, events: ['transfer.released' as const] } })

/** What somebody does who once could. */
function attemptsOf({ api, person }: Member, transfer: TransferId): Readonly<Record<string, () => Promise<unknown>>> {
  const { key } = person
  const encryptionSubkey = key.encryptionSubkey as Fingerprint
  const one = { params: { transfer } }
  return {
    'their account': () => api.call(identityOperations.account, {}),
    'their inbox': () => api.call(viewOperations.inbox, {}),
    'what they sent': () => api.call(viewOperations.sent, {}),
    'what waits for approval': () => api.call(approveOperations.approvals, {}),
    'a transfer to them': () => api.call(viewOperations.view, one),
    'its files': () => fetchManifest({ api } as Member, transfer),
    'its bundle': () => api.bytes(collectOperations.bundle, one),
    'that they opened it': () => api.call(collectOperations.opened, one),
    'an agreement list': () => api.call(agreementOperations.list, {}),
    'a key proof': () => api.call(certificateOperations.challenge, { body: { encryptionSubkey } }),
    'a key': () => register({ api }, key.certificate as never),
    'the end of their key': () =>
      api.call(certificateOperations.revoke, {
        params: { fingerprint: key.fingerprint as Fingerprint },
        body: { certificate: null },
      }),
    'a longer token': () => api.call(identityOperations.issueToken, { body: { scopes: ['account'], days: 30 } }),
    'an accomplice': () =>
      api.call(identityOperations.invite, {
        body: { email: 'mal@police.example' as Email, name: 'Mal', roles: ['caseworker'], teams: [] },
      }),
    'who waits': () => api.call(organisationOperations.awaiting, {}),
    'the roster with themselves': () =>
      registerLaterRoster({ api } as Member, { organisation: police, people: police.people }),
    'a webhook': () => api.call(webhookOperations.register, hookTo('https://hooks.police.example/mine')),
    'their webhooks': () => api.call(webhookOperations.list, {}),
  }
}

describe('who stays in another role, or sends no more', () => {
  it('[account/leaver] webhooks of who is no administrator any more are told nothing', async () => {
    const { carol } = running
    const roles = ['caseworker', 'organisation-administrator'] as const
    const promoted = council.people.map((one) => (one.account === carol.person.account ? withRoles(one, roles) : one))
    council = await registerLaterRoster(councilAdmin, { organisation: council, people: promoted })
    await carol.api.call(webhookOperations.register, hookTo('https://hooks.council.example/carol'))
    council = await registerLaterRoster(councilAdmin, { organisation: council, people: council.people })
    expect((await carol.api.call(webhookOperations.list, {})).webhooks).toHaveLength(1)
    const demoted = council.people.map((one) =>
      one.account === carol.person.account ? withRoles(one, ['caseworker']) : one,
    )
    council = await registerLaterRoster(councilAdmin, { organisation: council, people: demoted })
    expect((await councilAdmin.api.call(webhookOperations.list, {})).webhooks).toEqual([])
    expect(await carol.api.call(identityOperations.account, {})).toMatchObject({ roles: ['caseworker'] })
  })

  it('[account/leaver] an earlier answer is repeated to nobody who may not ask any more', async () => {
    const { api, person } = running.carol
    const { files, recipients, ...asked } = await requestOf(running, [fileOf(new Uint8Array(9))])
    const idempotencyKey = 'one-key-for-one-draft'
    const body = {
      ...asked,
      items: [...asked.items],
      agreement: running.world.agreement.value.id,
      recipients: recipients.map(({ recipient }) => recipient),
      files: files.map(({ size }) => ({ size })),
      manifest: { size: 500 },
    }
    const ask = () => api.call(sendOperations.draft, { body, idempotencyKey })
    const first = await ask()
    expect(await ask()).toEqual(first)
    const as = (role: 'auditor' | 'caseworker') =>
      council.people.map((one) => (one.account === person.account ? withRoles(one, [role]) : one))
    council = await registerLaterRoster(councilAdmin, { organisation: council, people: as('auditor') })
    const entries = await entriesOf(owner(), () => expect(ask()).rejects.toMatchObject({ code: 'ROLE_REQUIRED' }))
    expect(entries.map(({ event, code }) => `${event} ${code}`)).toEqual(['transfer.drafted ROLE_REQUIRED'])
    council = await registerLaterRoster(councilAdmin, { organisation: council, people: as('caseworker') })
    expect(await ask()).toEqual(first)
  })

  it('[account/leaver] the upload tokens of who has left take nothing', async () => {
    const { carol } = running
    const drafted = await draftTransfer(effectsOf(running), await sendingOf(running, [fileOf(new Uint8Array(9))]))
    const { token, file } = drafted.files[0]!
    const ask = async () => {
      const headers = { 'Tus-Resumable': '1.0.0', Authorization: `Upload ${token}` }
      return (await fetch(`${running.app.url}/uploads/${drafted.transfer}-${file}`, { method: 'HEAD', headers })).status
    }
    expect(await ask()).toBe(200)
    council = await registerLaterRoster(councilAdmin, { organisation: council, people: without(council.people, carol) })
    expect(await ask()).toBe(403)
    const { token_revoked_at: ended } = await owner()
      .selectFrom('upload')
      .select('token_revoked_at')
      .where('transfer', '=', drafted.transfer)
      .executeTakeFirstOrThrow()
    expect(ended).not.toBeNull()
    expect(await codeOf(carol.api.call(viewOperations.sent, {}))).toBe('SIGN_IN_REQUIRED')
  })
})

describe('who has left', () => {
  let made: Member
  let invitation: string
  let next: TestOrganisation

  beforeAll(async () => {
    const { olu, pat } = running
    await prove(running, olu)
    await prove(running, pat)
    const { token } = await olu.api.call(identityOperations.issueToken, {
      body: { scopes: ['account', 'collect'], days: 1 },
    })
    made = { ...olu, token, api: apiOf(running.app, token) }
    await olu.api.call(webhookOperations.register, hookTo('https://hooks.police.example/olu'))
    await policeAdmin.api.call(webhookOperations.register, hookTo('https://hooks.police.example/police'))
    await owner()
      .insertInto('session')
      .values({ sid: 'olus', sess: JSON.stringify({ passport: { user: olu.person.account } }), expire: '2999-01-01' })
      .execute()
    invitation = `${newId()}`
    await owner()
      .insertInto('invitation')
      .values({
        ...{ id: invitation, token_hash: new Uint8Array(32), organisation: police.id, email: olu.person.email },
        ...{
          name: 'Olu',
          roles: [],
          teams: [],
          first_administrator: false,
          expires_at: '2999-01-01T00:00:00Z' as Instant,
        },
        accepted_at: null,
      })
      .execute()
    const everything = await Promise.all(
      ['their account', 'its files', 'who waits'].map((what) => codeOf(attemptsOf(olu, toOlu)[what]!())),
    )
    expect(everything).toEqual(['done', 'done', 'done'])
    const entries = await entriesOf(owner(), async () => {
      next = await registerLaterRoster(policeAdmin, { organisation: police, people: without(police.people, olu) })
    })
    expect(entries).toMatchObject([{ event: 'org.roster.registered', outcome: 'success', detail: { left: 1 } }])
  })

  it('[account/leaver] is nobody from the next request on, with any token, whatever they try', async () => {
    for (const one of [running.olu, made]) {
      const attempts = Object.entries(attemptsOf(one, toOlu))
      const codes: string[] = []
      const entries = await entriesOf(owner(), async () => {
        for (const [what, attempt] of attempts) codes.push(`${what}: ${await codeOf(attempt())}`)
      })
      expect(codes).toEqual(attempts.map(([what]) => `${what}: SIGN_IN_REQUIRED`))
      expect(new Set(entries.map(({ event, code }) => `${event} ${code}`))).toEqual(
        new Set(['request.refused SIGN_IN_REQUIRED']),
      )
    }
  })

  it('[account/leaver] leaves nothing behind that would work again: sessions, tokens, invitations, webhooks, wrapped keys', async () => {
    const { account, email } = running.olu.person
    const count = async (rows: Promise<readonly unknown[]>) => (await rows).length
    const tokens = owner().selectFrom('token').select('id').where('account', '=', account)
    const keys = owner().selectFrom('pkesk').select('transfer').where('account', '=', account)
    const open = owner()
      .selectFrom('invitation')
      .select('id')
      .where('email', '=', email)
      .where('withdrawn_at', 'is', null)
    expect({
      tokens: await count(tokens.where('revoked_at', 'is', null).execute()),
      sessions: await count(owner().selectFrom('session').select('sid').where('sid', '=', 'olus').execute()),
      keys: await count(keys.execute()),
      invitations: await count(open.execute()),
    }).toEqual({ tokens: 0, sessions: 0, keys: 0, invitations: 0 })
    const { webhooks } = await policeAdmin.api.call(webhookOperations.list, {})
    expect(webhooks.map(({ url }) => url)).toEqual(['https://hooks.police.example/police'])
    const { people, withdrawn } = await policeAdmin.api.call(organisationOperations.awaiting, {})
    expect([people, withdrawn]).toEqual([[], []])
  })

  it('[account/leaver] is told nothing by mail, and their team goes on', async () => {
    const told = async ({ person: { account } }: Member) => {
      const notification = {
        transfer: toTeam,
        account,
        template: 'transfer-waiting',
        correlation: newId<CorrelationId>(),
      } as const
      return (await loadNotificationFacts(running.database.as.housekeeper.database, notification))?.left
    }
    expect([await told(running.olu), await told(running.pat)]).toEqual([true, false])
    expect(await codeOf(fetchManifest(running.pat, toTeam))).toBe('done')
  })

  it('[account/leaver] is in no later roster with what they were, whoever signs it', async () => {
    const { olu } = running
    for (const one of [
      olu.person,
      withRoles(olu.person, ['caseworker']),
      { ...olu.person, entry: { ...olu.person.entry, name: 'Another Name' } },
    ]) {
      const act = registerLaterRoster(policeAdmin, { organisation: next, people: [...next.people, one] })
      await expect(act).rejects.toMatchObject({
        code: 'ROSTER_REFUSED',
        action: expect.stringContaining('no account here'),
      })
    }
    const { rows } = await running.database.as.owner.pool.query(
      'select hash from roster order by sequence desc limit 1',
    )
    const listed = [rows[0].hash, 'f'.repeat(64), olu.person.account, olu.person.key.encryptionSubkey]
    const insert = `insert into roster_person values ($1, $2, $3, $4, '{siro}', '{}', '\\x00')`
    const by = running.database.as.server.pool
    await expect(by.query(insert, listed)).rejects.toThrow('lists nobody whose account has ended')
    const begin = 'update account set deactivated_at = null where id = $1'
    await expect(by.query(begin, [olu.person.account])).rejects.toThrow('does not begin again')
  })

  it('[account/leaver] comes back by an administrator’s invitation alone, as somebody new who has nothing of theirs', async () => {
    const { email, account, key } = running.olu.person
    const body = { email, name: 'Olu Officer', roles: ['caseworker' as const], teams: [] }
    const { token } = await policeAdmin.api.call(identityOperations.invite, { body })
    const again = await acceptInvitation(running.app, token)
    expect(again.account).not.toBe(account)
    const api = apiOf(running.app, await tokenFor(running.app, again))
    expect(await api.call(identityOperations.account, {})).toMatchObject({ email, roles: [], key: null })
    expect(await codeOf(api.call(viewOperations.view, { params: { transfer: toOlu } }))).toBe('NOT_FOUND')
    expect(await codeOf(api.call(viewOperations.view, { params: { transfer: toTeam } }))).toBe('NOT_FOUND')
    const prover = {
      ...{ api, anchor: { origin: testOrigin }, account: again.account as AccountId },
      ...{ key: unlockedKey(key.privateKey), encryptionSubkey: key.encryptionSubkey as Fingerprint },
      now: () => running.app.clock.now() as Instant,
    }
    expect(await codeOf(registerAndProve(prover, key.certificate as never))).toBe('KEY_TAKEN')
    expect((await policeAdmin.api.call(organisationOperations.awaiting, {})).people).toEqual([])
    await expect(running.olu.api.call(identityOperations.account, {})).rejects.toMatchObject({
      code: 'SIGN_IN_REQUIRED',
    })
  })

  it('[account/key-ended] whose key ended may prove another, where the administrator says so, and nobody else', async () => {
    const { pat } = running
    const params = { fingerprint: pat.person.key.fingerprint as Fingerprint }
    await pat.api.call(certificateOperations.revoke, { params, body: { certificate: null } })
    const others = next.people.filter(
      ({ account }) => account !== pat.person.account && account !== policeAdmin.person.account,
    )
    const [stays, goes] = others
    const people = next.people.filter((one) => one !== goes && one.account !== pat.person.account)
    next = await registerLaterRoster(policeAdmin, { organisation: next, people, mayReturn: [pat.person, goes!] })
    expect(await pat.api.call(identityOperations.account, {})).toMatchObject({ roles: [] })
    const ended = await owner().selectFrom('account').select('email').where('deactivated_at', 'is not', null).execute()
    expect(ended.map(({ email }) => email)).toEqual(expect.arrayContaining([goes!.email]))
    expect(ended.map(({ email }) => email)).not.toContain(stays?.email ?? '')
    next = await registerLaterRoster(policeAdmin, { organisation: next, people: next.people })
    expect(await pat.api.call(identityOperations.account, {})).toMatchObject({ roles: [] })
  })
})
