// Programs of the organisations are told what becomes of a transfer: by the real housekeeper, to a real receiver that
// fails, is slow, redirects or is gone. Checked by the reference implementation of Standard Webhooks.
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { WebhookView } from '#contract/webhooks.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { addDays } from '#domain/time.ts'
import type { Fingerprint, Instant, TransferId } from '#domain/values.ts'
import { webhookEvents, type WebhookId, webhookMessage } from '#domain/webhooks/webhook.ts'
import { systemClock } from '#platform/clock.ts'
import { type Commit, createCommit } from '#store/commit.ts'
import { loadDueDeliveries } from '#store/webhooks.ts'
import type { Decided } from '#store/writers.ts'
import { readMails } from '../../../scripts/services.ts'
import { recall } from '../../../server/transfers/recall.ts'
import {
  listWebhooks,
  registerWebhook,
  removeWebhook,
  rotateWebhook,
  testWebhook,
} from '../../../server/webhooks/use-cases.ts'
import type { Adapters } from '../../../server/use-case.ts'
import { holderOf, type TestOrganisation } from '../../fixtures/documents.ts'
import { readEntries } from '../../fixtures/entries.ts'
import { perform } from '../../fixtures/perform.ts'
import { callerOf } from '../../fixtures/stored-world.ts'
import { dispatchTransfer, startWorkers, until, untilState, type Workers } from '../../fixtures/workers.ts'

interface Taken {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const services = inject('services')
const taken: Taken[] = []
let workers: Workers
let receiver: Server
let commit: Commit
let adapters: Pick<Adapters, 'commit' | 'secrets'>
let council: PersonCaller
let police: PersonCaller
let transfer: TransferId
const hooks: Record<string, { id: WebhookId; secret: string }> = {}

/** This world's SIROs are its administrators too. */
const administrator = 'organisation-administrator' as const

async function administratorOf(organisation: TestOrganisation): Promise<PersonCaller> {
  const person = holderOf(organisation, 'siro')
  const roles = [...person.roles, administrator]
  const { database } = workers.database.as.owner
  await database.updateTable('roster_person').set({ roles }).where('account', '=', person.account).execute()
  return callerOf(organisation, { ...person, roles })
}
const at = (path: string) => taken.filter((one) => one.path === path)
const portOf = () => (receiver.address() as AddressInfo).port

beforeAll(async () => {
  workers = await startWorkers(services)
  receiver = createServer((request, response) => {
    const path = request.url ?? ''
    let body = ''
    request.on('data', (piece) => {
      body += piece
    })
    request.on('end', () => {
      taken.push({ path, headers: request.headers, body })
      if (path === '/slow') return
      const status = { '/gone': 410, '/moved': 302, '/failing': at(path).length === 1 ? 500 : 204 }[path] ?? 204
      response.writeHead(status, { Location: '/stolen' }).end('thanks')
    })
  })
  receiver.listen(0)
  const webhooksKey = randomBytes(32)
  await writeFile(join(workers.directory, 'webhooks.key'), webhooksKey)
  const { database } = workers.database.as.server
  const now = () => systemClock.now() as Instant
  commit = createCommit({ database, installation: workers.world.origin, now })
  adapters = { commit, secrets: { webhooks: webhooksKey } as never }
  council = await administratorOf(workers.world.council)
  police = await administratorOf(workers.world.police)
  for (const path of ['/good', '/failing', '/slow', '/moved', '/gone']) await register(council, path)
  await register(police, '/partner')
  await register(council, '/inside', '[::1]')
  const settings = { SAFEHAND_SECRETS: workers.directory, SAFEHAND_WEBHOOK_NETWORKS: '127.0.0.0/8' }
  await Promise.all([workers.start('scanner'), workers.start('housekeeper', settings)])
  transfer = (await dispatchTransfer(workers, { contents: [new TextEncoder().encode('minutes')] })).id
  await untilState(workers, { id: transfer, state: 'released' })
})

afterAll(async () => {
  receiver?.closeAllConnections()
  receiver?.close()
  await workers?.stop()
})

async function register(caller: PersonCaller, path: string, host = '127.0.0.1'): Promise<void> {
  const url = `http://${host}:${portOf()}${path}`
  const made = await perform(registerWebhook, adapters, { caller, body: { url, events: [...webhookEvents] } })
  if (!made.ok) throw new Error(made.refusal.code)
  hooks[path] = made.next
}

/** What the server commits at the first byte. */
async function fetchFirst(): Promise<void> {
  const { police: to, agreement } = workers.world
  const { account, key: own } = holderOf(to, 'caseworker')
  const caller = callerOf(to, holderOf(to, 'caseworker'))
  const decide = (): Decided<null> => ({
    next: null,
    changes: [
      {
        kind: 'transfers.deliver',
        transfer,
        recipient: { kind: 'person', organisation: to.id, account },
        state: 'fetched',
        by: account,
        at: systemClock.now() as Instant,
      },
    ],
    event: {
      event: 'transfer.fetched',
      logs: [{ kind: 'agreement', id: agreement.value.id }],
      transfer,
      detail: { files: 1, encryptionSubkey: own.encryptionSubkey as Fingerprint },
    },
    jobs: [],
  })
  await commit({ caller, load: async () => undefined, decide })
}

async function viewOf(path: string): Promise<WebhookView | undefined> {
  const listed = await perform(listWebhooks, adapters, { caller: council })
  return listed.ok ? listed.next.webhooks.find(({ id }) => id === hooks[path]?.id) : undefined
}

const reaches = (what: string, holds: () => Promise<boolean>) => until(holds, { otherwise: async () => what })

/** What the reference implementation makes of it, with this webhook's secret. */
function verified({ headers, body }: Taken, secret: string) {
  return webhookMessage.parse(new Webhook(secret).verify(body, headers as Record<string, string>))
}

describe('[api/webhooks] webhooks', () => {
  it('tell both sides of a release, signed, and name nobody', async () => {
    await reaches('no message', async () => at('/good').length > 0 && at('/partner').length > 0)
    const [own, theirs] = [at('/good')[0]!, at('/partner')[0]!]
    const agreement = workers.world.agreement.value.id
    const data = { transfer, agreement, organisation: workers.world.council.id }
    expect(verified(own, hooks['/good']!.secret)).toMatchObject({ type: 'transfer.released', data })
    expect(verified(theirs, hooks['/partner']!.secret).data.organisation).toBe(workers.world.police.id)
    expect(() => verified(own, hooks['/partner']!.secret)).toThrow('signature')
    expect(Object.keys(JSON.parse(own.body))).toEqual(['type', 'timestamp', 'data'])
    const people = [...workers.world.council.people, ...workers.world.police.people]
    for (const { account, email, name } of people) {
      for (const personal of [account, email, name]) expect(JSON.stringify(own)).not.toContain(personal)
    }
  })

  it('come again until they are taken, under the same id, and later ones under later ids', async () => {
    await reaches('not tried again', async () => at('/failing').length === 2)
    const [first, second] = at('/failing')
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(verified(second!, hooks['/failing']!.secret).data.transfer).toBe(transfer)
    await reaches('not recorded', async () => (await viewOf('/failing'))?.deliveries[0]?.deliveredAt !== null)
    expect((await viewOf('/failing'))?.deliveries).toMatchObject([{ attempts: 2, status: 204, nextAt: null }])

    await fetchFirst()
    await reaches('not told', async () => at('/good').length === 2)
    expect(verified(at('/good')[1]!, hooks['/good']!.secret).type).toBe('transfer.collected')
    const ids = at('/good').map(({ headers }) => String(headers['webhook-id']))
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(2)
  })

  it('tell both sides of a recall, and of an end that the clock says', async () => {
    const { world, database } = workers
    const now = () => systemClock.now() as Instant
    const caller = callerOf(world.council, holderOf(world.council, 'caseworker'))
    const olu = holderOf(world.police, 'caseworker').account
    const recalled = await perform(recall, { commit }, { caller, params: { transfer }, body: { reason: 'Wrong unit' } })
    expect(recalled).toMatchObject({ ok: true, next: { outcome: 'fetched' } })
    const { id } = await dispatchTransfer(workers, { contents: [new TextEncoder().encode('agenda')] })
    await untilState(workers, { id, state: 'released' })
    const acknowledged = {
      ...({ state: 'acknowledged', collected_by: olu, collected_at: now() } as const),
      ...{ acknowledged_by: olu, acknowledged_at: addDays(now(), -30) },
    }
    for (const next of [{ state: 'fetched' } as const, acknowledged]) {
      await database.as.owner.database.updateTable('delivery').set(next).where('transfer', '=', id).execute()
    }
    for (const path of ['/partner', '/failing']) {
      const told = () => at(path).map((one) => verified(one, hooks[path]!.secret))
      await reaches('not told of an end', async () => told().some(({ type }) => type === 'transfer.expired'))
      const ends = told().filter(({ type }) => type === 'transfer.recalled' || type === 'transfer.expired')
      expect(ends.map(({ type, data }) => [type, data.transfer])).toEqual([
        ['transfer.recalled', transfer],
        ['transfer.expired', id],
      ])
      expect(
        at(path)
          .map(({ body }) => body)
          .join(),
      ).not.toContain('Wrong unit')
    }
  })

  it('follow no redirect, and a receiver that never answers keeps no other waiting', async () => {
    await reaches('not tried', async () => at('/moved').length > 0 && at('/slow').length > 0)
    expect(at('/stolen')).toEqual([])
    expect((await viewOf('/moved'))?.deliveries.at(-1)).toMatchObject({ deliveredAt: null })
    expect(at('/good').length).toBeGreaterThan(0)
  })

  it('[api/webhooks] are not kept waiting by a hundred receivers that are slow: who is busy takes no place in the next look', async () => {
    const { database, pool } = workers.database.as.owner
    const ids = Array.from({ length: 101 }, (_, index) => index.toString(16).padStart(32, '0') as WebhookId)
    // Long from now, so that the housekeeper at work leaves them alone.
    await pool.query(
      `insert into webhook (id, organisation, url, events, created_by, created_at)
         select id, $2, 'http://127.0.0.1/', '{}', $3, now() from unnest($1::text[]) id`,
      [ids, workers.world.council.id, council.actor.account],
    )
    await pool.query(
      `insert into webhook_delivery (webhook, number, event, at, next_at)
         select id, 1, 'webhook.test', now(), '2099-01-01Z' from unnest($1::text[]) id`,
      [ids],
    )
    const due = await loadDueDeliveries(database, { at: '2099-01-02T00:00:00Z' as Instant, busy: ids.slice(0, 100) })
    await pool.query('delete from webhook_delivery where webhook = any($1)', [ids])
    await pool.query('delete from webhook where id = any($1)', [ids])
    expect(due.map(({ webhook }) => webhook).filter((id) => ids.includes(id))).toEqual([ids[100]])
  })

  it('go to no private address that the operator did not allow', async () => {
    await reaches('not tried', async () => ((await viewOf('/inside'))?.deliveries.at(-1)?.attempts ?? 0) > 0)
    expect(at('/inside')).toEqual([])
    expect((await viewOf('/inside'))?.deliveries.at(-1)).toMatchObject({ status: null, deliveredAt: null })
  })

  it('fail when their receiver is gone: in the log, by mail to the administrators, and nothing more is sent', async () => {
    const { id } = hooks['/gone']!
    await reaches('not failing', async () => (await viewOf('/gone'))?.failingAt !== null)
    const told = async () => (await readMails(services.smtp.folder!)).filter((mail) => mail.includes(id))
    await reaches('no mail', async () => (await told()).length > 0)
    const { email } = holderOf(workers.world.council, 'siro')
    expect((await told())[0]).toContain(email)
    const entries = await readEntries(workers.database.as.owner.database)
    expect(entries.filter(({ event }) => event === 'webhook.failing')).toMatchObject([
      {
        detail: { webhook: id, status: 410 },
        log: `${workers.world.origin}/organisations/${workers.world.council.id}`,
      },
    ])
    expect(at('/gone')).toHaveLength(1)
    expect((await viewOf('/gone'))?.deliveries).toHaveLength(1)
  })

  it('sign with both secrets for a day after a new one, and send nothing more when removed', async () => {
    const { id, secret } = hooks['/good']!
    const act = { caller: council, params: { webhook: id } }
    const again = await perform(rotateWebhook, adapters, act)
    if (!again.ok) throw new Error(again.refusal.code)
    expect(again.next.secret).not.toBe(secret)
    await perform(testWebhook, adapters, act)
    const test = () => at('/good').find(({ body }) => JSON.parse(body).type === 'webhook.test')
    await reaches('no test', async () => test() !== undefined)
    for (const one of [secret, again.next.secret]) expect(verified(test()!, one).type).toBe('webhook.test')
    expect(await perform(removeWebhook, adapters, act)).toMatchObject({ ok: true })
    expect(await perform(testWebhook, adapters, act)).toMatchObject({ refusal: { code: 'NOT_FOUND' } })
    expect(await viewOf('/good')).toBeUndefined()
  })

  it('are an administrator’s, and nobody sees those of others', async () => {
    const caseworker = callerOf(workers.world.council, holderOf(workers.world.council, 'caseworker'))
    const body = { url: 'https://own.example/', events: [...webhookEvents] }
    expect(await perform(registerWebhook, adapters, { caller: caseworker, body })).toMatchObject({
      refusal: { code: 'ROLE_REQUIRED' },
    })
    expect(await perform(listWebhooks, adapters, { caller: caseworker })).toMatchObject({
      refusal: { code: 'ROLE_REQUIRED' },
    })
    const webhook = hooks['/partner']!.id
    const stolen = await perform(rotateWebhook, adapters, { caller: council, params: { webhook } })
    expect(stolen).toMatchObject({ refusal: { code: 'NOT_FOUND' } })
    expect(await perform(listWebhooks, adapters, { caller: police })).toMatchObject({
      next: { webhooks: [{ id: webhook }] },
    })
  })

  it('keep no secret in the database', async () => {
    const { pool } = workers.database.as.owner
    const { rows } = await pool.query(
      'select webhook::text as row from webhook union all select idempotency::text from idempotency',
    )
    for (const { secret } of Object.values(hooks)) {
      expect(rows.filter(({ row }) => row.includes(secret.slice(6)))).toEqual([])
    }
  })
})
