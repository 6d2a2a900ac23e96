// Use case: one's own password is changed, by who shows the old one and a code. Rules are in
// domain/identity/decide-password.ts.
import { accountOperations } from '#contract/accounts.ts'
import { decideChangePassword } from '#domain/identity/decide-password.ts'
import { hashPassword } from '#platform/crypto.ts'
import { loadAccess } from '#store/access.ts'
import type { UseCase } from '../use-case.ts'

export const changePassword: UseCase<typeof accountOperations.changePassword> = {
  operation: accountOperations.changePassword,
  async perform({ commit, now }, { caller, body, signIn }) {
    const { account } = caller.actor
    const shown = await signIn.check()
    const passwordHash = await hashPassword(body.newPassword)
    // Not repeated under a key: what was shown counts once, and nothing quick is kept of it.
    return commit({
      caller,
      load: async (tx) => ({
        shownBy: shown.ok ? shown.next.account : null,
        access: await loadAccess(tx, { account, at: now() }),
      }),
      decide: (facts, at) => decideChangePassword(facts, { caller, passwordHash }, at),
    })
  },
}
