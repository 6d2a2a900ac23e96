// Use case: who one is - organisation, roles, key - and what one may begin.
import { identityOperations } from '#contract/identity.ts'
import { permitted } from '#domain/account-permitted.ts'
import { decideShowAccount } from '#domain/identity/decide-read.ts'
import { loadAccountView } from '#store/identity.ts'
import { asDecided, useCase } from '../use-case.ts'

export const showAccount = useCase(identityOperations.account, {
  load: (tx, { caller }, { now }) => loadAccountView(tx, { account: caller.actor.account, at: now() }),
  decide: (view, { caller }) => decideShowAccount({ ...view, permitted: permitted(caller) }, caller),
  present: asDecided,
})
