// Slows down guessing and floods, so that nobody can shut anybody else out by them. Wrong sign-ins count against one account
// at one place: the network they come from, or a browser that signed in before. Counts are in PostgreSQL, so that all
// servers count together; keys are digests, so that they name nobody.
import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { identityOperations } from '#contract/identity.ts'
import { sha256Hex } from '#platform/crypto.ts'
import type { OpenDatabase } from '#store/database.ts'
import { networkOf } from './network.ts'
import { type ActKind, actKindOf, actLimits, type Limit } from './person-limits.ts'
import { EdgeRefusal } from './problem.ts'

export interface Limits {
  /** Wrong sign-ins for one account from one network, or from one browser that signed in before. */
  readonly signInPerPlace: Limit
  /** Wrong sign-ins for one account from all places where it never signed in. */
  readonly signInFromStrangePlaces: Limit
  /** Wrong sign-ins from one network, whomever they are for; after that its tries wait their turn, a pause apart. */
  readonly signInPerNetwork: Limit
  readonly turns: { readonly pauseMs: number; readonly mostWaiting: number }
  /** Requests without credentials, from one network. Signing in is none of them. */
  readonly unknownPerNetwork: Limit
  /** Requests with a token that does not count, from one network. */
  readonly wrongTokensPerNetwork: Limit
  /** Requests of one person, per server: what only looks, and what changes something. */
  readonly looksPerPerson: Limit
  readonly actsPerPerson: Limit
  /** Acts of one person, by kind, at all servers together. */
  readonly perKind: Readonly<Record<ActKind, Limit>>
}

export const defaultLimits: Limits = {
  signInPerPlace: { points: 10, seconds: 15 * 60 },
  signInFromStrangePlaces: { points: 100, seconds: 60 * 60 },
  signInPerNetwork: { points: 100, seconds: 15 * 60 },
  turns: { pauseMs: 1000, mostWaiting: 30 },
  unknownPerNetwork: { points: 300, seconds: 60 },
  wrongTokensPerNetwork: { points: 300, seconds: 60 },
  looksPerPerson: { points: 6000, seconds: 60 },
  actsPerPerson: { points: 3000, seconds: 60 },
  perKind: actLimits,
}

/** Where somebody has signed in counts as known for so long. */
const knownPlaceSeconds = 90 * 24 * 3600

export interface SignInThrottle {
  /** Counts a try before it is checked; `device`: of a browser that signed in before. Throws TOO_MANY_ATTEMPTS. */
  attempt(who: {
    readonly email: string
    readonly address: string
    readonly device: string | undefined
  }): Promise<{ ended(succeeded: boolean): Promise<void> }>
}

export type CountAct = (operation: string, account: string) => Promise<void>

export interface Throttle extends SignInThrottle {
  readonly unknownCallers: RequestHandler
  readonly signedInCallers: RequestHandler
  /** Before an operation is performed for somebody signed in. Throws TOO_MANY_ATTEMPTS. */
  readonly countAct: CountAct
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
  const perPlace = limiter('sign-in-place', limits.signInPerPlace)
  const strange = limiter('sign-in-strange', limits.signInFromStrangePlaces)
  const perNetwork = limiter('sign-in-network', limits.signInPerNetwork)
  const knownPlaces = limiter('sign-in-known', { points: 1, seconds: knownPlaceSeconds })
  const unknown = limiter('unknown-network', limits.unknownPerNetwork)
  const wrongTokens = limiter('wrong-tokens', limits.wrongTokensPerNetwork)
  const ofPerson = ({ points, seconds }: Limit) => new RateLimiterMemory({ points, duration: seconds })
  const looks = ofPerson(limits.looksPerPerson)
  const acts = ofPerson(limits.actsPerPerson)
  const kinds = new Map(
    Object.entries(limits.perKind).map(([kind, limit]) => [kind as ActKind, limiter(`act-${kind}`, limit)]),
  )
  const nextTurn = createTurns(limits.turns)

  const countUnknown = (request: Request) =>
    consume(request.get('authorization') === undefined ? unknown : wrongTokens, nameless(networkOf(request.ip ?? '')))

  return {
    async attempt({ email, address, device }) {
      const account = nameless(email.toLowerCase())
      const network = nameless(networkOf(address))
      const place = nameless(`${account} ${device ?? network}`)
      const isKnown = device !== undefined || (await knownPlaces.get(place)) !== null
      // A try that is stopped here counts against nobody else: neither the account elsewhere nor others in this network.
      await consume(perPlace, place)
      if (!isKnown) await consume(strange, account)
      if (isSpent(await perNetwork.get(network), limits.signInPerNetwork)) await nextTurn(network)
      return {
        async ended(succeeded) {
          if (!succeeded) return void (await perNetwork.penalty(network))
          await perPlace.delete(place)
          await knownPlaces.set(place, 1, knownPlaceSeconds)
          if (!isKnown) await strange.reward(account)
        },
      }
    },
    unknownCallers: async (request, _response, next) => {
      if (!request.user && !isSignIn(request)) await countUnknown(request)
      next()
    },
    signedInCallers: async (request, _response, next) => {
      const { user } = request
      if (user) await consume(request.method === 'GET' ? looks : acts, user.person.account)
      next()
    },
    async countAct(operation, account) {
      const kind = actKindOf(operation)
      const counted = kind && kinds.get(kind)
      if (counted) await consume(counted, nameless(account), kind)
    },
    refusedUploads: async (error, request, _response, next) => {
      if (error instanceof EdgeRefusal) await countUnknown(request)
      next(error)
    },
  }
}

/** Signing in has limits of its own, so that a flood of others keeps nobody out. */
function isSignIn({ method, path }: Request): boolean {
  const { signIn, signInForToken } = identityOperations
  return (
    path === '/sign-in' || [signIn, signInForToken].some((one) => one.method === method && `/api${one.path}` === path)
  )
}

const isSpent = (count: RateLimiterRes | null, { points }: Limit) => count !== null && count.consumedPoints >= points

/** One try after the other for each network: guessing from it is slow, and who has the right credentials still gets in. */
function createTurns({ pauseMs, mostWaiting }: Limits['turns']): (network: string) => Promise<void> {
  const lines = new Map<string, { waiting: number; last: Promise<void> }>()
  return async (network) => {
    const line = lines.get(network) ?? { waiting: 0, last: Promise.resolve() }
    if (line.waiting >= mostWaiting) {
      const retryAfter = Math.ceil((mostWaiting * pauseMs) / 1000)
      throw new EdgeRefusal({ code: 'TOO_MANY_ATTEMPTS', detail: { retryAfter } }, { logged: false })
    }
    lines.set(network, line)
    line.waiting += 1
    line.last = line.last.then(() => pause(pauseMs))
    await line.last
    line.waiting -= 1
    if (line.waiting === 0) lines.delete(network)
  }
}

async function consume(limiter: RateLimiterPostgres | RateLimiterMemory, key: string, kind?: ActKind): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw thrown
    const retryAfter = Math.max(1, Math.ceil(thrown.msBeforeNext / 1000))
    // One entry for the first that was too many, so that a flood does not become a flood of entries.
    const logged = thrown.consumedPoints === limiter.points + 1
    const detail = { retryAfter, ...(kind !== undefined && { kind }) }
    throw new EdgeRefusal({ code: 'TOO_MANY_ATTEMPTS', detail }, { logged })
  }
}

function nameless(value: string): string {
  return sha256Hex(value).slice(0, 32)
}
