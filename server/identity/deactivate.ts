// Use case: an administrator ends somebody's account. Rules are in domain/identity/decide-deactivate.ts.
import { accountOperations } from '#contract/accounts.ts'
import { decideDeactivate } from '#domain/identity/decide-deactivate.ts'
import { loadDeactivateFacts } from '#store/account-ends.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import { asDecided, useCase } from '../use-case.ts'

export const deactivate = useCase(accountOperations.deactivate, {
  load: async (tx, { email, caller }, { now }) => {
    const { organisation } = caller.actor
    const facts = await loadDeactivateFacts(tx, { organisation, email, at: now() })
    return { ...facts, agreements: await loadAgreementsInForce(tx, organisation) }
  },
  decide: decideDeactivate,
  present: asDecided,
})
