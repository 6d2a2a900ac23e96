// Redis goes away, and comes back with nothing in it: no job is lost, because PostgreSQL knows what is to be done.
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { type Services, startServices } from '../../../scripts/services.ts'
import { draftTransfer, startWorkers, until, untilState, type Workers } from '../../fixtures/workers.ts'

const services = inject('services')
const contents = [new TextEncoder().encode('minutes of the meeting')]

let own: Services<'redis'>
let workers: Workers

beforeAll(async () => {
  own = await startServices({ directory: '.run/queue-lost', only: ['redis'], ignoreSettings: true })
  workers = await startWorkers({ ...services, redisUrl: own.redisUrl })
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})

afterAll(async () => {
  await workers?.stop()
  await own?.stop()
})

const unsentJobs = async () => {
  const { database } = workers.database.as.owner
  return (await database.selectFrom('outbox').select('id').where('sent_at', 'is', null).execute()).length
}

describe('[operate/queue-lost] the queue', () => {
  it('[operate/queue-lost] may be away when a transfer is dispatched: its job waits in the outbox', async () => {
    const { id, dispatch } = await draftTransfer(workers, { contents })
    await own.parts.redis!.kill()
    await dispatch()
    await own.parts.redis!.start()
    await untilState(workers, { id, state: 'released', seconds: 50 })
  })

  it('[operate/queue-lost] may lose every job it was given: what stands still is found and done', async () => {
    const { id, dispatch } = await draftTransfer(workers, { contents })
    await workers.processes.scanner!.stop()
    await dispatch()
    await until(async () => (await unsentJobs()) === 0, { otherwise: async () => 'the outbox is not empty' })
    await own.parts.redis!.kill()
    await own.parts.redis!.start()
    await workers.start('scanner')
    await untilState(workers, { id, state: 'released', seconds: 50 })
  })
})
