// Identity over HTTP: which use case answers which operation.
import { identityOperations as operations } from '#contract/identity.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { type Route, route } from '../http/route.ts'
import type { IdentityService } from './service.ts'

export function identityRoutes(identity: IdentityService): Route[] {
  return [
    route(operations.signIn, async ({ signIn }) => {
      const outcome = await signIn.check()
      if (!outcome.ok) return outcome
      await signIn.begin(outcome.next)
      const { account, organisation, roles } = outcome.next
      return { ...outcome, next: { account, organisation, roles: [...roles] } }
    }),
    route(operations.signOut, async ({ caller, signIn }) => {
      const outcome = await identity.signOut(caller)
      if (outcome.ok) await signIn.end()
      return outcome
    }),
    route(operations.signInForToken, async ({ body: { scopes, days }, caller, signIn }) => {
      const outcome = await signIn.check()
      if (!outcome.ok) return outcome
      const signedIn: PersonCaller = { ...caller, actor: outcome.next }
      return identity.issueToken({ scopes, days, caller: signedIn, callerScopes: null })
    }),
    route(operations.issueToken, ({ body, caller, callerScopes, idempotency }) =>
      identity.issueToken({ ...body, caller, callerScopes, idempotency }),
    ),
    route(operations.revokeToken, ({ params, caller, idempotency }) =>
      identity.revokeToken({ ...params, caller, idempotency }),
    ),
    route(operations.account, ({ caller }) => identity.account(caller)),
    route(operations.invite, ({ body, caller, idempotency }) => identity.invite({ ...body, caller, idempotency })),
    route(operations.acceptInvitation, ({ body, caller, idempotency }) =>
      identity.acceptInvitation({ ...body, caller, idempotency }),
    ),
  ]
}
