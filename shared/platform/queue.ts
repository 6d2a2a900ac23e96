/**
 * Jobs by BullMQ over Redis, which may be lost at any time: PostgreSQL knows what is to be done, the outbox relay
 * alone adds jobs, and a job that is gone is added again under the same id. So nothing done or failed is kept here:
 * a kept job would swallow its own repetition in silence.
 */
import { type ConnectionOptions, Queue, Worker } from 'bullmq'
import { connectRedis, within } from './redis.ts'

export type Job = {
  queue: string
  name: string
  id: string
  data: Record<string, unknown>
  /** Begins when none that is not patient waits. */
  patient?: boolean
}

/** Adds jobs. `add` with an id that is waiting or running is no second job. */
export type JobQueues = {
  add(job: Job): Promise<void>
  /** How many jobs wait or are delayed, by queue. Throws while Redis is away. */
  waiting(names: readonly string[]): Promise<Record<string, number>>
  close(): Promise<void>
}

type Settings = {
  url: string
  /** Keeps several installations (and tests) apart in one Redis. */
  prefix: string
  onError: (error: Error) => void
}

const ADD_WITHIN_MS = 5_000
const ATTEMPTS = 8
const FIRST_PAUSE_MS = 500

export function openQueues({ url, prefix, onError }: Settings): JobQueues {
  const connection = connectRedis({ url, whenAway: 'fail', onError })
  const queues = new Map<string, Queue>()

  function queueOf(name: string): Queue {
    const known = queues.get(name)
    if (known !== undefined) return known
    const made = new Queue(name, {
      connection: connection as ConnectionOptions,
      prefix,
      skipWaitingForReady: true,
      defaultJobOptions: {
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: FIRST_PAUSE_MS, jitter: 0.2 },
        removeOnComplete: true,
        removeOnFail: true,
      },
    })
    made.on('error', onError)
    queues.set(name, made)
    return made
  }

  return {
    async add({ queue, name, id, data, patient = false }) {
      if (id.includes(':')) throw new RangeError('a job id has no colon')
      const options = { jobId: id, ...(patient && { priority: 1 }) }
      const work = connected(connection).then(() => queueOf(queue).add(name, data, options))
      await within({ ms: ADD_WITHIN_MS, what: `adding ${name}`, work })
    },
    async waiting(names) {
      const states = ['wait', 'prioritized', 'delayed', 'active'] as const
      const count = async (name: string) => [name, await queueOf(name).getJobCountByTypes(...states)]
      const work = connected(connection).then(() => Promise.all(names.map(count)))
      return Object.fromEntries(await within({ ms: ADD_WITHIN_MS, what: 'counting jobs', work }))
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      connection.disconnect()
    },
  }
}

/** A processor gets the job's data; throwing means: again later, until the attempts are used up. */
export type Processors = Record<string, (data: unknown, signal: { attempt: number; last: boolean }) => Promise<void>>

type Work = Settings & {
  queue: string
  processors: Processors
  concurrency: number
  onFailed: (failure: { name: string; id: string; attempt: number; last: boolean; error: Error }) => void
}

/** Works on one queue until closed; `close` lets running jobs end. A name without a processor fails at once. */
export function workQueue({ queue, processors, concurrency, url, prefix, onError, onFailed }: Work) {
  const connection = connectRedis({ url, whenAway: 'wait', onError })
  const worker = new Worker(
    queue,
    async (job) => {
      const processor = processors[job.name]
      if (processor === undefined) throw new Error(`no processor for ${job.name}`)
      const attempt = job.attemptsMade + 1
      await processor(job.data, { attempt, last: attempt >= (job.opts.attempts ?? 1) })
    },
    { connection: connection as ConnectionOptions, prefix, concurrency, drainDelay: 5, stalledInterval: 10_000 },
  )
  worker.on('error', onError)
  worker.on('failed', (job, error) => {
    const last = job === undefined || job.attemptsMade >= (job.opts.attempts ?? 1)
    onFailed({ name: job?.name ?? '?', id: job?.id ?? '?', attempt: job?.attemptsMade ?? 0, last, error })
  })
  return {
    ready: async () => void (await worker.waitUntilReady()),
    /** Resolves when Redis answers; waits while it is away. */
    ping: () => connection.ping(),
    async close(): Promise<void> {
      await worker.close()
      connection.disconnect()
    },
  }
}

/** Connects when it is not connected or connecting. */
async function connected(connection: ReturnType<typeof connectRedis>): Promise<void> {
  if (connection.status === 'ready') return
  if (connection.status === 'wait') return connection.connect()
  await new Promise<void>((resolve) => connection.once('ready', () => resolve()))
}
