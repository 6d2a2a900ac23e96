// Mails about an account: told once to whom a decision named, and to nobody whom only the queue names.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { jobQueues } from '#contract/jobs.ts'
import { type JobQueues, openQueues } from '#platform/queue.ts'
import { readMails } from '../../../scripts/services.ts'
import { holderOf, newId } from '../../fixtures/documents.ts'
import { readEntries } from '../../fixtures/entries.ts'
import { startWorkers, until, type Workers } from '../../fixtures/workers.ts'

const services = inject('services')
let workers: Workers
let queues: JobQueues

beforeAll(async () => {
  workers = await startWorkers(services)
  queues = openQueues({ ...workers.queue, onError: () => undefined })
  await workers.start('housekeeper')
})
afterAll(async () => {
  await queues?.close()
  await workers?.stop()
})

const owner = () => workers.database.as.owner.database
const notifiedEntries = async () => (await readEntries(owner())).filter(({ event }) => event === 'account.notified')
const queue = (data: Record<string, string>) =>
  queues.add({ queue: jobQueues['send-account-mail'], name: 'send-account-mail', id: `forged-${newId()}`, data })

it('[mail/account] tells the account’s owner once, with an entry in their organisation’s log, and nobody for a forged job', async () => {
  const { account, email } = holderOf(workers.world.council, 'siro')
  const correlation = newId()
  const data = { template: 'reset-opened', account, correlation }
  await owner()
    .insertInto('outbox')
    .values({ job: 'send-account-mail', data: JSON.stringify(data) })
    .execute()
  await until(async () => (await notifiedEntries()).length === 1, { otherwise: async () => 'nobody was told' })
  const mails = async () =>
    (await readMails(services.smtp.folder!)).filter(
      (mail) => mail.includes(email) && mail.includes('lets you choose a new Safehand password'),
    ).length
  const sent = await mails()
  expect(sent).toBeGreaterThan(0)
  await queue(data)
  await queue({ ...data, correlation: newId() })
  await queue({ ...data, template: 'password-changed' })
  await sleep(2500)
  expect(await mails()).toBe(sent)
  const [entry, ...others] = await notifiedEntries()
  expect(others).toEqual([])
  expect(entry).toMatchObject({ outcome: 'success', detail: { channel: 'mail', about: 'reset-opened' } })
  expect(entry?.log).toContain(workers.world.council.id)
})
