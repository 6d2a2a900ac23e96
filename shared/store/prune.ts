// Prunes what nobody needs any more of the outbox, of replies kept for idempotency and of messages to webhooks. How old it
// must be stands in the database (migrations/0017-forget.sql), where no process can change it.
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Rows of each table pruned at once: locks are short, and a statement never takes its minute. */
const most = 1000

/** Gives how many rows were pruned. */
export async function prune(database: Database): Promise<number> {
  for (let pruned = 0; ; ) {
    const { rows } = await sql<{ rows: number }>`select forget_bookkeeping(${most}) as rows`.execute(database)
    const gone = Number(rows[0]?.rows ?? 0)
    pruned += gone
    if (gone === 0) return pruned
  }
}
