// Waits for something another process inserts: the trigger's NOTIFY wakes whoever waits for that id
// (ARCHITECTURE.md#scan-certificate). A notification is a hint, never the truth: callers look into the table before and
// after, and it may be lost.
import type pg from 'pg'
import type { OpenDatabase } from './database.ts'

export interface Listener {
  /** Resolves when `id` is announced or the time is over. */
  wait(id: string, milliseconds: number): Promise<void>
  close(): Promise<void>
}

export function createListener(opened: Pick<OpenDatabase, 'connect'>, channel: 'scan_certificate'): Listener {
  const waiting = new Map<string, Set<() => void>>()
  let connection: Promise<pg.Client> | undefined

  const listen = async () => {
    const client = await opened.connect()
    client.on('notification', ({ payload }) => {
      for (const wake of waiting.get(payload ?? '') ?? []) wake()
    })
    try {
      await client.query(`LISTEN ${channel}`)
    } catch (error) {
      await client.end()
      throw error
    }
    return client
  }

  /** The one connection there is, or one more try. */
  const listening = () => {
    if (connection !== undefined) return connection
    const current = listen()
    connection = current
    // The next wait opens another one.
    const forget = () => {
      if (connection === current) connection = undefined
    }
    current.then((client) => client.once('end', forget), forget)
    return current
  }

  return {
    async wait(id, milliseconds) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, milliseconds)
      const waiters = waiting.get(id) ?? new Set()
      waiting.set(id, waiters.add(resolve))
      // Without it nobody is woken, and everybody looks when the time is over.
      listening().catch(() => undefined)
      try {
        await promise
      } finally {
        clearTimeout(timer)
        waiters.delete(resolve)
        if (waiters.size === 0) waiting.delete(id)
      }
    },
    async close() {
      await (await connection?.catch(() => undefined))?.end()
    },
  }
}
