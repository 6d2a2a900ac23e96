// A lock that lives as long as its connection: whoever is killed lets go of it. Bookkeeping, no right and no state.
import { sql } from 'kysely'
import type { Database, OpenDatabase } from './database.ts'

/** Does the work while nobody else does it under the same name. `undefined`: somebody else is at it, nothing was done. */
export async function withLock<T>(
  { connect, name }: { readonly connect: OpenDatabase['connect']; readonly name: string },
  work: () => Promise<T>,
): Promise<T | undefined> {
  const client = await connect()
  try {
    const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as held', [name])
    return rows[0]?.held ? await work() : undefined
  } finally {
    await client.end()
  }
}

/** Whether anybody holds the advisory lock of this number, in this database. */
export async function isLockHeld(database: Database, lock: number): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from pg_locks where locktype = 'advisory' and granted
      and database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32 | objid::bigint) = ${lock}::bigint) as held`.execute(database)
  return rows[0]?.held ?? false
}
