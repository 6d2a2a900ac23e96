// Use cases of tokens: issued to somebody signed in or to a token that may do as much, or for what one shows at sign-in.
// Rules are in domain/identity/decide-tokens.ts.
import { identityOperations } from '#contract/identity.ts'
import type { Scope } from '#contract/operation.ts'
import { decideIssueToken } from '#domain/identity/decide-tokens.ts'
import { addDays } from '#domain/time.ts'
import { randomId } from '#platform/crypto.ts'
import { loadCallerToken } from '#store/access.ts'
import { type UseCase, useCase } from '../use-case.ts'
import { createDerivedSecrets, hashOf } from './derived-secrets.ts'

export const issueToken = useCase(identityOperations.issueToken, {
  prepare: (_asked, { secrets }) => {
    const id = randomId()
    return { id, secretHash: hashOf(createDerivedSecrets(secrets.tokens).token(id)) }
  },
  load: async (tx, { caller, callerScopes }) =>
    callerScopes && caller.session ? loadCallerToken(tx, caller.session) : null,
  decide: (callerToken, { caller, callerScopes, days, scopes, id, secretHash }, at) => {
    const { account } = caller.actor
    const token = { id, account, secretHash, scopes, expiresAt: addDays(at, days), createdAt: at }
    return decideIssueToken({ token, callerScopes, callerToken }, caller)
  },
  present: (next, _asked, { secrets }) => ({
    ...next,
    scopes: next.scopes as Scope[],
    token: createDerivedSecrets(secrets.tokens).token(next.id),
  }),
})

export const signInForToken: UseCase<typeof identityOperations.signInForToken> = {
  operation: identityOperations.signInForToken,
  async perform(adapters, call) {
    const outcome = await call.signIn.check()
    if (!outcome.ok) return outcome
    // Not repeated under a key: what was shown counts once, and nothing quick is kept of it.
    const { scopes, days } = call.body
    const asked = { ...call, caller: { ...call.caller, actor: outcome.next }, body: { scopes, days } }
    return issueToken.perform(adapters, { ...asked, callerScopes: null, idempotency: undefined })
  },
}
