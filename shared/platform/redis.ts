/**
 * Opens connections to Redis. Our Redis user may do little, so nothing is sent on connecting but AUTH (in HELLO) and
 * what the caller asks for. A Redis that is down never blocks a caller without limit: see `within`.
 */
import { Redis } from 'ioredis'

/**
 * A Redis that says nothing for so long is gone, and another connection is tried. Workers of a queue ask questions that
 * are answered after seconds by intent.
 */
const SILENCE_MS = { fail: 5_000, wait: 20_000 }

type Connect = {
  url: string
  /** `fail` rejects at once while Redis is away; `wait` keeps commands until it is back (workers of a queue). */
  whenAway: 'fail' | 'wait'
  /** Called with each connection error; reconnecting goes on by itself. */
  onError: (error: Error) => void
}

export function connectRedis({ url, whenAway, onError }: Connect): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    disableClientInfo: true, // CLIENT SETINFO is none of the scanner's commands
    enableReadyCheck: false,
    enableOfflineQueue: whenAway === 'wait',
    maxRetriesPerRequest: whenAway === 'wait' ? null : 1,
    connectTimeout: 5_000,
    socketTimeout: SILENCE_MS[whenAway],
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  redis.on('error', onError)
  return redis
}

class TimeLimit extends Error {
  override readonly name = 'TimeLimit'
}

/** The work's result, or `TimeLimit` after so many milliseconds. */
export async function within<T>({ ms, what, work }: { ms: number; what: string; work: Promise<T> }): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimit(`${what} took longer than ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
