// clamd goes away and comes back: a transfer waits without a verdict, and is released afterwards
// (ARCHITECTURE.md#scan).
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Services, startServices } from '../../../scripts/services.ts'
import {
  dispatchTransfer,
  loadEvents,
  loadVerdicts,
  startWorkers,
  until,
  untilState,
  type Workers,
} from '../../fixtures/workers.ts'

const services = inject('services')

let own: Services<'clamd'>
let workers: Workers

beforeAll(async () => {
  own = await startServices({ directory: '.run/clamd-away', only: ['clamd'], ignoreSettings: true })
  workers = await startWorkers({ ...services, clamd: own.clamd })
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})

afterAll(async () => {
  await workers?.stop()
  await own?.stop()
})

describe('[scan/clamd-away] clamd down', () => {
  it('[scan/clamd-away] a transfer waits without a verdict, and is released when clamd is back', async () => {
    const memory = own.clamd.temporaryDirectory!
    await own.parts.clamd!.kill()
    await writeFile(join(memory, 'left-by-a-killed-clamd'), 'plaintext')

    const { id } = await dispatchTransfer(workers, { contents: [new TextEncoder().encode('patience')] })
    await until(async () => (await readdir(memory)).length === 0, { otherwise: async () => 'plaintext was left' })
    await sleep(2_000)
    expect(await loadVerdicts(workers, id)).toEqual([])
    expect(await loadEvents(workers, id)).toEqual(['scan.certificate.issued'])

    await own.parts.clamd!.start()
    await untilState(workers, { id, state: 'released', seconds: 50 })
    expect((await loadVerdicts(workers, id)).map(({ verdict }) => verdict)).toEqual(['clean', 'clean'])
  })
})
