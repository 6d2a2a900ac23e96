// The loops that need PostgreSQL only (DESIGN 3): the relay hands jobs from the outbox to the queue, the reconciler finds
// what stands still and asks for its job again. Jobs may come twice; each decides again what is to be done.
import { jobQueues } from '#contract/jobs.ts'
import { addSeconds, epochSeconds } from '#domain/time.ts'
import { loadWaitingJobs, markSent } from '#store/outbox.ts'
import { findUnfinished } from '#store/unfinished.ts'
import { type Loop, startLoop } from './loop.ts'
import type { HousekeeperParts } from './parts.ts'
import { createPatience } from './patience.ts'

type Parts = Pick<HousekeeperParts, 'database' | 'connect' | 'queues' | 'now' | 'newId' | 'log'>

/** Jobs read at once; the loop goes on until none is left. */
const batch = 100

/** Everything that waits, in order. A job is marked as sent only when Redis has answered; throws while it does not. */
async function relayJobs({ database, queues, now }: Pick<Parts, 'database' | 'queues' | 'now'>): Promise<void> {
  for (;;) {
    const waiting = await loadWaitingJobs(database, batch)
    if (waiting.length === 0) return
    for (const { id, name, data } of waiting) {
      await queues.add({ queue: jobQueues[name], name, id: `${name}-${id}`, data })
      await markSent(database, { id, at: now() })
    }
  }
}

export function startRelay(parts: Parts): Loop {
  const { connect, log } = parts
  return startLoop({
    name: 'relay',
    channel: 'outbox',
    everyMilliseconds: 2_000,
    connect,
    log,
    run: () => relayJobs(parts),
  })
}

export interface ReconcileOptions {
  /** How often to look. */
  readonly everySeconds: number
  /** How long a state may stand still before it is looked at. */
  readonly afterSeconds: number
}

/** What cannot go on (a policy that says no) is asked for less and less often, at last once an hour. */
const longestPauseSeconds = 3600

/** At start and every so often. A job that still waits under the same id is not added twice. */
export function startReconciler(parts: Parts, { everySeconds, afterSeconds }: ReconcileOptions): Loop {
  const { database, connect, queues, now, newId, log } = parts
  const patience = createPatience({ first: everySeconds, longest: longestPauseSeconds })
  const run = async () => {
    const unfinished = await findUnfinished(database, addSeconds(now(), -afterSeconds))
    patience.keepOnly(new Set(unfinished.map(({ name, key }) => `${name}-${key}`)))
    for (const { name, key, data, correlation } of unfinished) {
      if (!patience.isDue(`${name}-${key}`, epochSeconds(now()))) continue
      log.info({ job: name, key }, 'stands still: its job is added again')
      const id = `${name}-${key}-again`
      await queues.add({ queue: jobQueues[name], name, id, data: { ...data, correlation: correlation ?? newId() } })
    }
  }
  return startLoop({ name: 'reconciler', everyMilliseconds: everySeconds * 1000, connect, log, run })
}
