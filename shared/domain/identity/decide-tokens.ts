// Tokens of the command line and of machines: never with more rights, and never for longer, than the one they
// were asked for with: who has one by theft does not keep it alive. The secret was made before; here its hash is a fact.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import type { Instant } from '../values.ts'
import type { Decision, NewToken } from './changes.ts'
import { refuseBeyond } from './decide-access.ts'

/** The token that another is asked for with. */
export interface CallerToken {
  readonly id: string
  readonly ends: Instant
  /** Itself, or one that it was made with. */
  readonly isRevoked: boolean
  /** Those that it was made with, the first one first. */
  readonly ancestors: readonly string[]
}

/** Tokens made by tokens made by tokens: nobody needs more, and each carries its whole line. */
const maxLine = 16

export interface TokenRequest {
  readonly token: Omit<NewToken, 'ancestors'>
  /** What the caller's own token may do; null for a signed-in session, which may do all. */
  readonly callerScopes: readonly string[] | null
  /** The caller's own token; null for a session. */
  readonly callerToken: CallerToken | null
}

export interface TokenIssued {
  readonly id: string
  readonly scopes: readonly string[]
  readonly expires: Instant
}

export function decideIssueToken(
  { token, callerScopes, callerToken }: TokenRequest,
  caller: PersonCaller,
): Decision<TokenIssued> {
  const { id, scopes } = token
  const expires = callerToken !== null && callerToken.ends < token.expiresAt ? callerToken.ends : token.expiresAt
  const ancestors = callerToken === null ? [] : [...callerToken.ancestors, callerToken.id]
  const refused = (refusal: Refusal) => ({
    refusal,
    event: { event: 'auth.token.issued', logs: [ownLog(caller)], detail: { scopes, expires } } as const,
  })
  // Revoked since the request was let in: what is made now would outlive it.
  if (callerToken?.isRevoked) return refused({ code: 'SIGN_IN_REQUIRED' })
  const beyond = refuseBeyond({ callerScopes }, scopes)
  if (beyond) return refused(beyond)
  if (ancestors.length > maxLine) {
    const reason = `was made by a line of ${maxLine} tokens: sign in for a new one`
    return refused({ code: 'REQUEST_INVALID', detail: { field: 'Authorization', reason } })
  }
  return {
    next: { id, scopes, expires },
    changes: [{ kind: 'identity.issue-token', token: { ...token, ancestors, expiresAt: expires } }],
    event: {
      event: 'auth.token.issued',
      logs: [ownLog(caller)],
      detail: { scopes: [...scopes], expires },
    },
    jobs: [],
  }
}
