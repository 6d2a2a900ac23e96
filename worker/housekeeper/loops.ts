// The loops that need PostgreSQL only (ARCHITECTURE.md#jobs): the relay hands jobs from the outbox to the queue, the
// reconciler finds what stands still and asks for its job again. Jobs may come twice; each decides again what is to be
// done.
import { jobQueues, patientJobs } from '#contract/jobs.ts'
import type { JobName } from '#domain/decision.ts'
import { addSeconds, epochSeconds } from '#domain/time.ts'
import { loadWaitingJobs, markSent } from '#store/outbox.ts'
import { findLostJobs } from '#store/lost-jobs.ts'
import { type Loop, startLoop } from './loop.ts'
import type { HousekeeperAdapters } from './adapters.ts'
import { createBackoff } from './backoff.ts'

type Adapters = Pick<HousekeeperAdapters, 'database' | 'connect' | 'queues' | 'now' | 'newId' | 'log'>

/** Jobs read at once; the loop goes on until none is left. */
const batch = 100

const queued = (name: JobName) => ({ queue: jobQueues[name], name, patient: patientJobs.has(name) })

/** Everything that waits, in order. Jobs are marked as sent only when Redis has answered; throws while it does not. */
async function relayJobs({ database, queues, now }: Pick<Adapters, 'database' | 'queues' | 'now'>): Promise<void> {
  for (let waiting = batch; waiting === batch; ) {
    const jobs = await loadWaitingJobs(database, batch)
    waiting = jobs.length
    if (waiting === 0) return
    await Promise.all(jobs.map(({ id, name, data }) => queues.add({ ...queued(name), id: `${name}-${id}`, data })))
    await markSent(database, { ids: jobs.map(({ id }) => id), at: now() })
  }
}

export function startRelay(adapters: Adapters): Loop {
  const { connect, log } = adapters
  return startLoop({
    name: 'relay',
    channel: 'outbox',
    everyMilliseconds: 2_000,
    connect,
    log,
    run: () => relayJobs(adapters),
  })
}

export interface ReconcileOptions {
  /** How often to look. */
  readonly everySeconds: number
  /** How long a state may stand still before it is looked at. */
  readonly afterSeconds: number
}

/**
 * What cannot go on is asked for less and less often: where a policy says no, and each time in a log, at last once an hour;
 * what waits for a part that is away goes on within minutes of its return.
 */
const longestPauseSeconds = (name: JobName) => (decidedJobs.has(name) ? 3600 : 300)
const decidedJobs: ReadonlySet<JobName> = new Set(['release-transfer', 'activate-agreement', 'remind-transfer'])

/** At start and every so often. A job that still waits under the same id is not added twice. */
export function startReconciler(adapters: Adapters, { everySeconds, afterSeconds }: ReconcileOptions): Loop {
  const { database, connect, queues, now, newId, log } = adapters
  const backoff = createBackoff({ first: everySeconds })
  const run = async () => {
    const lost = await findLostJobs(database, addSeconds(now(), -afterSeconds), now())
    backoff.keepOnly(new Set(lost.map(({ name, key }) => `${name}-${key}`)))
    for (const { name, key, data, correlation } of lost) {
      const what = `${name}-${key}`
      if (!backoff.isDue(what, epochSeconds(now()))) continue
      log.info({ job: name, key }, 'stands still: its job is added again')
      const id = `${what}-again`
      await queues.add({ ...queued(name), id, data: { ...data, correlation: correlation ?? newId() } })
      backoff.tried(what, { epochSeconds: epochSeconds(now()), longest: longestPauseSeconds(name) })
    }
  }
  return startLoop({ name: 'reconciler', everyMilliseconds: everySeconds * 1000, connect, log, run })
}
