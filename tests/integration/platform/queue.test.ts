/** Jobs over a real Redis: done once, tried again, added again under the same id, and never waited for without limit. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, inject, it } from 'vitest'
import { openQueues, type Processors, workQueue } from '#platform/queue.ts'
import { startServices } from '../../../scripts/services.ts'

const { redisUrl } = inject('services')
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type SetUp = { url?: string; processors: Processors }

async function setUp({ url = redisUrl, processors }: SetUp) {
  const settings = { url, prefix: `test-${randomBytes(6).toString('hex')}`, onError: () => {} }
  const queues = openQueues(settings)
  const failures: { name: string; last: boolean; error: Error }[] = []
  const onFailed = (failure: (typeof failures)[number]) => failures.push(failure)
  const worker = workQueue({ ...settings, queue: 'scanner', concurrency: 2, processors, onFailed })
  closing.push(queues.close, worker.close)
  await worker.ready()
  const add = (id: string, { name = 'note', patient = false } = {}) =>
    queues.add({ queue: 'scanner', name, id, data: { id }, patient })
  return { add, failures, worker, queues }
}

it('[operate/queue] a job runs with its data, and again when it is added again under the same id', async () => {
  const done: unknown[] = []
  const { add } = await setUp({ processors: { note: async (data) => void done.push(data) } })
  await add('one')
  await expect.poll(() => done).toEqual([{ id: 'one' }])
  await expect.poll(() => add('one').then(() => done.length), { interval: 100 }).toBeGreaterThan(1)
})

it('[operate/queue] a job that throws is tried again, and told about', async () => {
  const attempts: number[] = []
  const { add, failures } = await setUp({
    processors: {
      note: async (_data, { attempt }) => {
        attempts.push(attempt)
        if (attempt < 3) throw new Error('not yet')
      },
    },
  })
  await add('one')
  await expect.poll(() => attempts).toEqual([1, 2, 3])
  expect(failures.map(({ last, error }) => [last, error.message])).toEqual([
    [false, 'not yet'],
    [false, 'not yet'],
  ])
})

it('[operate/queue] closing lets a running job end', async () => {
  let ended = false
  let started = false
  const { add, worker } = await setUp({
    processors: {
      note: async () => {
        started = true
        await new Promise((resolve) => setTimeout(resolve, 300))
        ended = true
      },
    },
  })
  await add('one')
  await expect.poll(() => started).toBe(true)
  await worker.close()
  expect(ended).toBe(true)
})

it('[operate/queue] a patient job begins when no other waits, and is counted while it waits', async () => {
  const begun: string[] = []
  const opening = Promise.withResolvers<void>()
  const { add, queues } = await setUp({
    processors: {
      note: async (data) => {
        begun.push((data as { id: string }).id)
        await opening.promise
      },
    },
  })
  await Promise.all([add('one'), add('two')])
  await expect.poll(() => begun.toSorted()).toEqual(['one', 'two'])
  await add('long', { patient: true })
  await add('short')
  expect(await queues.waiting(['scanner'])).toEqual({ scanner: 4 })
  opening.resolve()
  await expect.poll(() => begun.slice(2)).toEqual(['short', 'long'])
})

it('[operate/queue] refuses an id with a colon, which BullMQ would', async () => {
  const { add } = await setUp({ processors: {} })
  await expect(add('note:1')).rejects.toThrow(RangeError)
})

it('[operate/queue] adding fails in time while Redis is down, and works again when it is back', async () => {
  const logs = await mkdtemp(join(tmpdir(), 'safehand-logs-'))
  const own = await startServices({ directory: logs, only: ['redis'], ignoreSettings: true })
  closing.push(async () => {
    await own.stop()
    await rm(logs, { recursive: true })
  })
  const done: unknown[] = []
  const { add } = await setUp({ url: own.redisUrl, processors: { note: async (data) => void done.push(data) } })
  await add('before')
  await expect.poll(() => done.length).toBe(1)
  await own.parts.redis?.kill()
  await expect(add('during')).rejects.toThrow()
  await own.parts.redis?.start()
  await expect
    .poll(() =>
      add('after').then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  await expect.poll(() => done).toContainEqual({ id: 'after' })
})
