// A loop that only one housekeeper runs at a time: it holds an advisory lock on a connection of its own, wakes on
// NOTIFY or by the clock, and starts again after every failure. PostgreSQL is all it needs (ARCHITECTURE.md#jobs).
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/log.ts'
import type { OpenDatabase } from '#store/database.ts'

export interface LoopOptions {
  readonly name: string
  /** The NOTIFY channel that says there is work. */
  readonly channel?: string
  /** Looked at so often even when nobody called. */
  readonly everyMilliseconds: number
  readonly connect: OpenDatabase['connect']
  readonly log: Log
  /** Does all the work there is. Throwing is allowed: it is logged, and tried again. */
  readonly run: () => Promise<void>
}

export interface Loop {
  stop(): Promise<void>
}

export function startLoop(options: LoopOptions): Loop {
  const stopping = new AbortController()
  const done = hold(options, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await done
    },
  }
}

/** Connects, waits for the lock, works until the connection breaks or the loop is stopped; then from the start. */
async function hold(options: LoopOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const client = await options.connect()
      try {
        await workWithLock(options, client, signal)
      } finally {
        await client.end().catch(() => undefined)
      }
    } catch (error) {
      options.log.error({ error, loop: options.name }, 'the loop starts again')
      await pause(options.everyMilliseconds, signal)
    }
  }
}

/** The advisory lock that the one at work holds. */
export function loopLock(name: string): number {
  return createHash('sha256').update(`safehand loop ${name}`).digest().readInt32BE(0)
}

async function workWithLock(
  options: LoopOptions,
  client: Awaited<ReturnType<OpenDatabase['connect']>>,
  signal: AbortSignal,
): Promise<void> {
  const lock = loopLock(options.name)
  let wake = () => {}
  let called = false
  client.on('notification', () => {
    called = true
    wake()
  })
  const broken = new Promise<never>((_, reject) => client.once('error', reject))
  broken.catch(() => wake())
  if (options.channel) await client.query(`listen ${options.channel}`)
  while (!signal.aborted) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as held', [lock])
    if (rows[0]?.held) break
    await pause(options.everyMilliseconds, signal)
  }
  while (!signal.aborted) {
    called = false
    await Promise.race([options.run(), broken])
    // The lock is gone with its connection: ask before each round that another may have begun.
    await Promise.race([client.query('select 1'), broken])
    if (called) continue
    const waiting = new AbortController()
    wake = () => waiting.abort()
    if (!called) await pause(options.everyMilliseconds, AbortSignal.any([signal, waiting.signal]))
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}
