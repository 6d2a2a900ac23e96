// Use cases of what is signed in as oneself: looked at, and ended. Rules are in domain/identity/decide-access.ts.
import { accountOperations } from '#contract/accounts.ts'
import { identityOperations } from '#contract/identity.ts'
import { scopes as allScopes, type Scope } from '#contract/operation.ts'
import {
  decideEndOthers,
  decideEndSession,
  decideRevokeToken,
  decideShowAccess,
} from '#domain/identity/decide-access.ts'
import { loadAccess, loadToken } from '#store/access.ts'
import { asDecided, done, useCase } from '../use-case.ts'

export const showAccess = useCase(accountOperations.access, {
  load: (tx, { caller }, { now }) => loadAccess(tx, { account: caller.actor.account, at: now() }),
  decide: (view, { caller }) => decideShowAccess(view, caller),
  present: ({ sessions, tokens }, { caller }) => ({
    sessions: sessions.map((one) => ({ ...one, current: one.id === caller.session })),
    tokens: tokens.map((one) => ({ ...one, scopes: one.scopes as Scope[], current: one.id === caller.session })),
  }),
})

export const revokeToken = useCase(identityOperations.revokeToken, {
  load: async (tx, { token }) => ({ token: await loadToken(tx, token) }),
  decide: decideRevokeToken,
  present: done,
})

export const endSession = useCase(accountOperations.endSession, {
  load: async (tx, { caller, session }, { now }) => {
    const { sessions } = await loadAccess(tx, { account: caller.actor.account, at: now() })
    return { isTheirs: sessions.some(({ id }) => id === session) }
  },
  decide: (facts, given) => decideEndSession(facts, { ...given, allScopes }),
  present: done,
})

export const endOthers = useCase(accountOperations.endOthers, {
  load: (tx, { caller }, { now }) => loadAccess(tx, { account: caller.actor.account, at: now() }),
  decide: (facts, given, at) => decideEndOthers(facts, { ...given, allScopes }, at),
  present: asDecided,
})
