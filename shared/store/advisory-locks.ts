// Locks of one process, all held by one session of its own, so that whoever is killed lets go of all of them. Bookkeeping,
// no right and no state: what is locked is decided again by whoever does it.
import type pg from 'pg'

/** Does the work while nobody else does it under the same name. `undefined`: somebody else is at it, nothing was done. */
export type WithLock = <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>

export interface Locks {
  readonly withLock: WithLock
  close(): Promise<void>
}

export function createLocks(connect: () => Promise<pg.Client>): Locks {
  /** A session is given its own lock a second time: within this process the names keep its jobs apart. */
  const names = new Set<string>()
  let session: Promise<pg.Client> | undefined

  /** The one session there is, or one more try. */
  const open = () => {
    if (session !== undefined) return session
    const current = connect()
    session = current
    current.then(
      (client) => client.once('end', () => forget(current)),
      () => forget(current),
    )
    return current
  }
  const forget = (gone: typeof session) => {
    if (session === gone) session = undefined
  }

  const ask = async (from: Promise<pg.Client>, wish: 'pg_try_advisory_lock' | 'pg_advisory_unlock', name: string) => {
    const client = await from
    try {
      const { rows } = await client.query(`select ${wish}(hashtextextended($1, 0)) as done`, [name])
      return rows[0]?.done === true
    } catch (error) {
      // Nobody knows what it holds: it ends, and its locks with it.
      forget(from)
      client.end().catch(() => undefined)
      throw error
    }
  }

  return {
    async withLock(name, work) {
      if (names.has(name)) return undefined
      names.add(name)
      try {
        const from = open()
        if (!(await ask(from, 'pg_try_advisory_lock', name))) return undefined
        try {
          return await work()
        } finally {
          await ask(from, 'pg_advisory_unlock', name).catch(() => undefined)
        }
      } finally {
        names.delete(name)
      }
    },
    async close() {
      await (await session?.catch(() => undefined))?.end()
    },
  }
}
