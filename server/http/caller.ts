// Who calls, as decisions and entries see it; filled in by correlation.ts and passport.ts before any route.
import type { Request } from 'express'
import type { Caller, Person } from '#domain/caller.ts'
import type { Scope } from '#contract/operation.ts'
import { headers } from '#contract/problem.ts'
import type { RefusalCode } from '#domain/refusals.ts'
import type { CorrelationId, OrganisationId } from '#domain/values.ts'

/** A person who has signed in, and how. */
export interface SignedInCaller {
  readonly person: Person
  readonly by: 'session' | 'token'
  /** The token's id, or a digest of the session's: never what opens it. */
  readonly session: string
  /** What the token may do; null for a session, which may do all. */
  readonly scopes: readonly Scope[] | null
}

declare global {
  namespace Express {
    interface Request {
      correlation: CorrelationId
      /** The operation's name once a route was found. */
      operation?: string
      /** The code of the refusal it was answered with. */
      refusal?: RefusalCode
      /** Whose upload it is: uploads know no person, only their token. */
      uploader?: OrganisationId
    }
    interface User extends SignedInCaller {}
  }
}

export function callerOf(request: Request): Caller {
  const { user, correlation } = request
  return {
    actor: user?.person ?? { kind: 'unknown' },
    client: clientOf(request),
    session: user?.session ?? null,
    address: request.ip ?? null,
    correlation,
  }
}

/** What the client says of itself; it decides nothing. */
function clientOf(request: Request): Caller['client'] {
  const said = request.get(headers.client)
  return said === 'cli' || said === 'web' ? said : 'api'
}
