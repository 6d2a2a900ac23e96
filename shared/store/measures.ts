// How much waits and how much there is, for operators: numbers only, of no transfer and nobody.
import { sql } from 'kysely'
import type { Database, OpenDatabase } from './database.ts'

export interface Backlog {
  /** Jobs that were not handed to the queue. */
  readonly outbox: number
  /** Seconds that the oldest entry has waited for its log. */
  readonly intakeAge: number
  /** Entries in all logs. */
  readonly entries: number
}

export async function loadBacklog(database: Database): Promise<Backlog> {
  const { rows } = await sql<{ outbox: number; age: number; entries: number }>`
    select (select count(*) from outbox where sent_at is null) as outbox,
      (select coalesce(extract(epoch from clock_timestamp() - min(received_at)), 0)::float8 from audit.intake) as age,
      (select coalesce(sum(size), 0)::bigint from audit.log) as entries`.execute(database)
  const { outbox = 0, age = 0, entries = 0 } = rows[0] ?? {}
  return { outbox, intakeAge: age, entries }
}

/** Connections of this process's pool: in use, idle, and how many wait for one. */
export function poolUse({ pool }: Pick<OpenDatabase, 'pool'>): Readonly<Record<string, number>> {
  const { totalCount, idleCount, waitingCount } = pool
  return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
}

/** Whether anybody holds the advisory lock of this number, in this database. */
export async function isLockHeld(database: Database, lock: number): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from pg_locks where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32 | objid::bigint) = ${lock}::bigint) as held`.execute(database)
  return rows[0]?.held ?? false
}
