// Tokens of the command line and of machines: never with more rights, and never for longer, than the one they
// were asked for with: who has one by theft does not keep it alive. The secret was made before; here its hash is a fact.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { AccountId, Instant } from '../values.ts'
import type { Decision, NewToken } from './changes.ts'

export interface TokenRequest {
  readonly token: NewToken
  /** What the caller's own token may do; null for a signed-in session, which may do all. */
  readonly callerScopes: readonly string[] | null
  /** When the caller's own token ends; null for a session. */
  readonly callerEnds: Instant | null
}

export interface TokenIssued {
  readonly id: string
  readonly scopes: readonly string[]
  readonly expires: Instant
}

export function decideIssueToken(
  { token, callerScopes, callerEnds }: TokenRequest,
  caller: PersonCaller,
): Decision<TokenIssued> {
  const { id, scopes } = token
  const expires = callerEnds !== null && callerEnds < token.expiresAt ? callerEnds : token.expiresAt
  const beyond = scopes.find((scope) => callerScopes !== null && !callerScopes.includes(scope))
  if (beyond !== undefined) {
    return {
      refusal: { code: 'SCOPE_REQUIRED', detail: { scope: beyond } },
      event: { event: 'auth.token.issued', logs: [ownLog(caller)], detail: { scopes, expires } },
    }
  }
  return {
    next: { id, scopes, expires },
    changes: [{ kind: 'identity.issue-token', token: { ...token, expiresAt: expires } }],
    event: {
      event: 'auth.token.issued',
      logs: [ownLog(caller)],
      detail: { scopes: [...scopes], expires },
    },
    jobs: [],
  }
}

export function decideRevokeToken(
  { owner }: { readonly owner: AccountId | null },
  { token, caller }: { readonly token: string; readonly caller: PersonCaller },
  at: Instant,
): Decision<Record<string, never>> {
  const logs = [ownLog(caller)]
  if (owner !== caller.actor.account) {
    return { refusal: { code: 'NOT_FOUND' }, event: { event: 'auth.token.revoked', logs, detail: {} } }
  }
  return {
    next: {},
    changes: [{ kind: 'identity.revoke-token', token, at }],
    event: { event: 'auth.token.revoked', logs, detail: { token } },
    jobs: [],
  }
}
