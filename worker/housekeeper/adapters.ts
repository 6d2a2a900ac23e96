// What the housekeeper's jobs and loops work with: the adapters that main.ts opened.
import type { Caller } from '#domain/caller.ts'
import type { CorrelationId, Instant, Origin } from '#domain/values.ts'
import type { Log } from '#platform/log.ts'
import type { Mailer } from '#platform/mail.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { JobQueues } from '#platform/queue.ts'
import type { Commit } from '#store/commit.ts'
import type { OpenDatabase } from '#store/database.ts'
import type { ServiceKey } from '../service-key.ts'

export interface HousekeeperAdapters extends Pick<OpenDatabase, 'database' | 'connect' | 'withLock'> {
  readonly commit: Commit
  readonly now: () => Instant
  readonly newId: () => CorrelationId
  readonly queues: JobQueues
  readonly mailer: Mailer
  readonly objects: ObjectStore
  /** What signs destruction certificates; agreements name it. */
  readonly ownKey: ServiceKey
  /** How long backups of the database are kept. */
  readonly backupDays: number
  /** For a mail's own id. */
  readonly origin: Origin
  /** Where people sign in. */
  readonly url: string
  readonly log: Log
}

export function housekeeperCaller(correlation: CorrelationId): Caller {
  return {
    actor: { kind: 'service', name: 'housekeeper' },
    client: 'housekeeper',
    session: null,
    address: null,
    correlation,
  }
}
