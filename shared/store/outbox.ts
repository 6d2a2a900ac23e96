// The outbox: jobs that commits decided, on their way to the queue. Marking them as sent changes no right and no state.
import type { JobName } from '#domain/decision.ts'
import type { Instant } from '#domain/values.ts'
import type { Database } from './database.ts'

export interface WaitingJob {
  readonly id: number
  readonly name: JobName
  readonly data: Record<string, unknown>
}

/** The oldest jobs that were not handed to the queue, at most `limit`. */
export async function loadWaitingJobs(database: Database, limit: number): Promise<WaitingJob[]> {
  const rows = await database
    .selectFrom('outbox')
    .select(['id', 'job', 'data'])
    .where('sent_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id, job, data }) => ({ id, name: job as JobName, data: data as Record<string, unknown> }))
}

export async function markSent(
  database: Database,
  { ids, at }: { readonly ids: readonly number[]; readonly at: Instant },
) {
  await database.updateTable('outbox').set({ sent_at: at }).where('id', 'in', ids).execute()
}
