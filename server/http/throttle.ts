// Slows down guessing (ARCHITECTURE.md#sign-in): sign-in per account and per address, everything per address for
// unknown callers. Counts are in PostgreSQL, so that all servers count together; keys are digests, so that they name
// nobody.
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { sha256Hex } from '#platform/crypto.ts'
import type { OpenDatabase } from '#store/database.ts'
import { EdgeRefusal } from './problem.ts'

/** So many points in so many seconds. */
export interface Limit {
  readonly points: number
  readonly seconds: number
}

export interface Limits {
  /** Wrong sign-ins; a right one clears the account's count. */
  readonly signInPerAccount: Limit
  readonly signInPerAddress: Limit
  readonly unknownPerAddress: Limit
}

export const defaultLimits: Limits = {
  signInPerAccount: { points: 10, seconds: 15 * 60 },
  signInPerAddress: { points: 100, seconds: 15 * 60 },
  unknownPerAddress: { points: 300, seconds: 60 },
}

export interface SignInThrottle {
  /** Counts an attempt before it is checked. Throws TOO_MANY_ATTEMPTS. */
  attempt(who: { readonly email: string; readonly address: string }): Promise<{ succeeded(): Promise<void> }>
}

export interface Throttle extends SignInThrottle {
  readonly unknownCallers: RequestHandler
  /** After uploads, which know their callers by tokens of their own: who shows none that counts is unknown. */
  readonly refusedUploads: ErrorRequestHandler
}

export function createThrottle(pool: OpenDatabase['pool'], limits: Limits): Throttle {
  const limiter = (keyPrefix: string, { points, seconds }: Limit) =>
    new RateLimiterPostgres({
      storeClient: pool,
      storeType: 'pool',
      tableName: 'throttle',
      tableCreated: true,
      keyPrefix,
      points,
      duration: seconds,
    })
  const perAccount = limiter('sign-in-account', limits.signInPerAccount)
  const perAddress = limiter('sign-in-address', limits.signInPerAddress)
  const unknown = limiter('unknown-address', limits.unknownPerAddress)
  return {
    async attempt({ email, address }) {
      const account = nameless(email.toLowerCase())
      const from = nameless(address)
      await consume(perAddress, from)
      await consume(perAccount, account)
      return {
        async succeeded() {
          await perAccount.delete(account)
          await perAddress.reward(from)
        },
      }
    },
    unknownCallers: async (request, _response, next) => {
      if (!request.user) await consume(unknown, nameless(request.ip ?? ''))
      next()
    },
    refusedUploads: async (error, request, _response, next) => {
      if (error instanceof EdgeRefusal) await consume(unknown, nameless(request.ip ?? ''))
      next(error)
    },
  }
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw thrown
    const retryAfter = Math.max(1, Math.ceil(thrown.msBeforeNext / 1000))
    // One entry for the first that was too many, so that a flood does not become a flood of entries.
    const logged = thrown.consumedPoints === limiter.points + 1
    throw new EdgeRefusal({ code: 'TOO_MANY_ATTEMPTS', detail: { retryAfter } }, { logged })
  }
}

function nameless(value: string): string {
  return sha256Hex(value).slice(0, 32)
}
