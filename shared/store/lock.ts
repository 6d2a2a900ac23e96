// A lock that lives as long as its connection: whoever is killed lets go of it. Bookkeeping, no right and no state.
import type { OpenDatabase } from './database.ts'

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
