// Signing in and out of a browser's session, which is HTTP's own (http/session.ts): the two acts that no decision alone does.
import { identityOperations } from '#contract/identity.ts'
import { decideSignOut } from '#domain/identity/decide-sign-in.ts'
import type { UseCase } from '../use-case.ts'

export const signIn: UseCase<typeof identityOperations.signIn> = {
  operation: identityOperations.signIn,
  async perform(_adapters, { signIn: shown }) {
    const outcome = await shown.check()
    if (!outcome.ok) return outcome
    await shown.begin(outcome.next)
    const { account, organisation, roles } = outcome.next
    return { ...outcome, next: { account, organisation, roles: [...roles] } }
  },
}

export const signOut: UseCase<typeof identityOperations.signOut> = {
  operation: identityOperations.signOut,
  async perform({ commit }, { caller, signIn: shown }) {
    const outcome = await commit({ caller, load: async () => undefined, decide: () => decideSignOut(caller) })
    if (outcome.ok) await shown.end()
    return outcome
  },
}
