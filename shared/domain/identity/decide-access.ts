// What is signed in as an account: its holder sees it and ends it (ARCHITECTURE.md#sign-in). Who asks with a token ends
// nothing that may do more than that token: who stole a narrow one shuts nobody out with it.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import type { AccountId, Instant } from '../values.ts'
import type { Decision } from './changes.ts'

export interface AccessView {
  readonly sessions: readonly { readonly id: string; readonly started: Instant; readonly lastUsed: Instant }[]
  readonly tokens: readonly {
    readonly id: string
    readonly scopes: readonly string[]
    readonly issued: Instant
    readonly expires: Instant
    /** The token that it was asked for with; null: a sign-in or a session. */
    readonly madeBy: string | null
  }[]
}

export function decideShowAccess(view: AccessView, caller: PersonCaller): Decision<AccessView> {
  const detail = { sessions: view.sessions.length, tokens: view.tokens.length }
  return {
    next: view,
    changes: [],
    event: { event: 'account.access.viewed', logs: [ownLog(caller)], detail },
    jobs: [],
  }
}

export interface Asking {
  readonly caller: PersonCaller
  /** What the caller's own token may do; null for a signed-in session, which may do all. */
  readonly callerScopes: readonly string[] | null
}

/** Null: the caller's token may do all of this too. */
export function refuseBeyond(
  { callerScopes }: Pick<Asking, 'callerScopes'>,
  scopes: readonly string[],
): Refusal | null {
  const beyond = scopes.find((scope) => callerScopes !== null && !callerScopes.includes(scope))
  return beyond === undefined ? null : { code: 'SCOPE_REQUIRED', detail: { scope: beyond } }
}

export interface TokenFacts {
  /** Null: there is none. */
  readonly token: { readonly owner: AccountId; readonly scopes: readonly string[] } | null
}

/** Everything that was made with it is revoked with it. One may always revoke the token that one asks with. */
export function decideRevokeToken(
  { token: found }: TokenFacts,
  { token, ...asking }: Asking & { readonly token: string },
  at: Instant,
): Decision<Record<string, never>> {
  const { caller } = asking
  const logs = [ownLog(caller)]
  const refused = (refusal: Refusal) => ({ refusal, event: { event: 'auth.token.revoked', logs, detail: {} } as const })
  if (found?.owner !== caller.actor.account) return refused({ code: 'NOT_FOUND' })
  const beyond = token === caller.session ? null : refuseBeyond(asking, found.scopes)
  if (beyond) return refused(beyond)
  return {
    next: {},
    changes: [{ kind: 'identity.revoke-token', token, at }],
    event: { event: 'auth.token.revoked', logs, detail: { token } },
    jobs: [],
  }
}

interface EndingSessions extends Asking {
  /** A session may do all of this. */
  readonly allScopes: readonly string[]
}

export function decideEndSession(
  { isTheirs }: { readonly isTheirs: boolean },
  { session, allScopes, ...asking }: EndingSessions & { readonly session: string },
): Decision<Record<string, never>> {
  const { caller } = asking
  const event = { event: 'auth.session.ended', logs: [ownLog(caller)], detail: { session } } as const
  if (!isTheirs) return { refusal: { code: 'SESSION_ENDED' }, event }
  const beyond = refuseBeyond(asking, allScopes)
  if (beyond) return { refusal: beyond, event }
  return {
    next: {},
    changes: [{ kind: 'identity.end-session', account: caller.actor.account, session }],
    event,
    jobs: [],
  }
}

export interface EndedOthers {
  readonly sessions: number
  readonly tokens: number
}

/** Everything but what asks; a token that was made by another ends with that one. */
export function decideEndOthers(
  { sessions, tokens }: AccessView,
  { allScopes, ...asking }: EndingSessions,
  at: Instant,
): Decision<EndedOthers> {
  const { caller } = asking
  const detail = { sessions: others(sessions, caller), tokens: others(tokens, caller) }
  const event = { event: 'auth.others.ended', logs: [ownLog(caller)], detail } as const
  const beyond = refuseBeyond(asking, allScopes)
  if (beyond) return { refusal: beyond, event: { ...event, detail: {} } }
  const { account } = caller.actor
  return {
    next: detail,
    changes: [{ kind: 'identity.end-others', account, except: caller.session, at }],
    event,
    jobs: [],
  }
}

function others(all: readonly { readonly id: string }[], { session }: PersonCaller): number {
  return all.filter(({ id }) => id !== session).length
}
