// Waits for something another process inserts: the trigger's NOTIFY wakes whoever waits for that id (DESIGN 4.4).
// A notification is a hint, never the truth: callers look into the table before and after, and it may be lost.
import type pg from 'pg'
import type { OpenDatabase } from './database.ts'

export interface Arrivals {
  /** Resolves when `id` is announced or the time is over. */
  wait(id: string, milliseconds: number): Promise<void>
  close(): Promise<void>
}

export function createArrivals(opened: Pick<OpenDatabase, 'connect'>, channel: 'scan_certificate'): Arrivals {
  const waiting = new Map<string, Set<() => void>>()
  let connection: Promise<pg.Client> | undefined

  const listen = async () => {
    const client = await opened.connect()
    client.on('notification', ({ payload }) => {
      for (const wake of waiting.get(payload ?? '') ?? []) wake()
    })
    // The next wait opens another one.
    client.once('end', () => {
      connection = undefined
    })
    await client.query(`LISTEN ${channel}`)
    return client
  }

  return {
    async wait(id, milliseconds) {
      connection ??= listen()
      await connection.catch(() => {
        connection = undefined
      })
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, milliseconds)
      const waiters = waiting.get(id) ?? new Set()
      waiting.set(id, waiters.add(resolve))
      try {
        await promise
      } finally {
        clearTimeout(timer)
        waiters.delete(resolve)
        if (waiters.size === 0) waiting.delete(id)
      }
    },
    async close() {
      await (await connection)?.end()
    },
  }
}
