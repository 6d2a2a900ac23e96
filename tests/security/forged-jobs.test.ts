// Whoever can write to the queue, and to nothing else: every job decides again from what is stored, so that a forged one
// tells nobody anything, opens nothing, loses nothing and leaves no entry (ARCHITECTURE.md#jobs).
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { jobQueues } from '#contract/jobs.ts'
import type { JobName } from '#domain/decision.ts'
import { type JobQueues, openQueues } from '#platform/queue.ts'
import { openScanKeys, type ScanKeys } from '#platform/scan-keys.ts'
import { readMails } from '../../scripts/services.ts'
import { holderOf, newId } from '../fixtures/documents.ts'
import { draftTransfer, loadEvents, startWorkers, until, untilState, type Workers } from '../fixtures/workers.ts'

const services = inject('services')
let workers: Workers
let queues: JobQueues
let scanKeys: ScanKeys

beforeAll(async () => {
  workers = await startWorkers(services)
  queues = openQueues({ ...workers.queue, onError: () => undefined })
  scanKeys = await openScanKeys({ url: services.scanKeysUrl, onError: () => undefined })
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})
afterAll(async () => {
  await queues?.close()
  scanKeys?.close()
  await workers?.stop()
})

async function forge(name: JobName, data: Record<string, string>): Promise<void> {
  const id = `${name}-${randomBytes(6).toString('hex')}`
  await queues.add({ queue: jobQueues[name], name, id, data: { ...data, correlation: newId() } })
}

/** Long enough for a job that is taken at once. */
const untilTaken = () => sleep(2500)

async function mailsAbout(transfer: string): Promise<number> {
  return (await readMails(services.smtp.folder!)).filter((mail) => mail.includes(transfer)).length
}

it('[operate/forged-jobs] a forged job before the verdict loses no scan key and releases nothing', async () => {
  const { id: transfer, scan, dispatch } = await draftTransfer(workers, { contents: [new Uint8Array(5)] })
  await forge('destroy-scan-key', { transfer, fingerprint: scan })
  await forge('make-scan-certificate', { transfer })
  await forge('scan-transfer', { transfer })
  await forge('release-transfer', { transfer })
  await untilTaken()
  expect(await scanKeys.exists(scan)).toBe(true)
  expect(await loadEvents(workers, transfer)).toEqual(['scan.certificate.issued'])
  await dispatch()
  await untilState(workers, { id: transfer, state: 'released' })
})

it('[operate/forged-jobs] a forged job after the release does nothing twice and mails nobody', async () => {
  const { id: transfer, scan, dispatch } = await draftTransfer(workers, { contents: [new Uint8Array(5)] })
  await dispatch()
  await until(async () => (await loadEvents(workers, transfer)).includes('transfer.notified'), {
    otherwise: async () => 'nobody was told',
  })
  const events = await loadEvents(workers, transfer)
  const mails = await mailsAbout(transfer)
  const { account } = holderOf(workers.world.council, 'siro')
  for (const template of ['transfer-waiting', 'transfer-rejected', 'scan-key-lost']) {
    await forge('send-mail', { template, account, transfer })
  }
  for (const name of ['make-scan-certificate', 'scan-transfer', 'release-transfer'] as const) {
    await forge(name, { transfer })
  }
  await forge('destroy-scan-key', { transfer, fingerprint: scan })
  await untilTaken()
  expect(await loadEvents(workers, transfer)).toEqual(events)
  expect(await mailsAbout(transfer)).toBe(mails)
})
