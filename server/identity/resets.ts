// Use cases of resets: opened by an administrator, confirmed by a second person, completed by whose account it is, or taken
// back. Rules are in domain/identity/decide-reset.ts; what is shown once is derived, never stored (derived-secrets.ts).
import { resetOperations } from '#contract/resets.ts'
import { decideListResets } from '#domain/identity/decide-list-resets.ts'
import {
  decideCompleteReset,
  decideConfirmReset,
  decideOpenReset,
  decideWithdrawReset,
  resetHours,
} from '#domain/identity/decide-reset.ts'
import { addSeconds } from '#domain/time.ts'
import type { AccountId, Email } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import type { Tx } from '#store/database.ts'
import { findCredentials } from '#store/identity.ts'
import {
  findResetByCode,
  loadOpenResetFacts,
  loadOpenResets,
  loadReset,
  loadSeconds,
  requireNamed,
} from '#store/resets.ts'
import { type Adapters, done, type UseCase, useCase } from '../use-case.ts'
import { makeCredentials, shownOnce } from './credentials.ts'
import { createDerivedSecrets, hashOf } from './derived-secrets.ts'

export const listResets = useCase(resetOperations.list, {
  load: (tx, { caller }, { now }) => {
    const { account, organisation, roles } = caller.actor
    const organisations = roles.includes('organisation-administrator') ? [organisation] : []
    return loadOpenResets(tx, { account, organisations, at: now() })
  },
  decide: (resets, { caller }) => decideListResets(resets, caller),
  present: ({ resets }) => ({ resets: [...resets] }),
})

export const openReset = useCase(resetOperations.open, {
  prepare: () => ({ id: randomId() }),
  load: async (tx, { caller, email, id }, { now, secrets }) => {
    const facts = await loadOpenResetFacts(tx, { caller, email, at: now() })
    const derived = createDerivedSecrets(secrets.tokens)
    return { facts, codeHash: derived.codeHash(facts.holder?.account ?? nobody, derived.resetCode(id)) }
  },
  decide: ({ facts, codeHash }, { email, caller, id }, at) => {
    const reset = { id, codeHash, expiresAt: addSeconds(at, resetHours * 3600) }
    return decideOpenReset(facts, { email, caller, reset }, at)
  },
  present: (next, _asked, { secrets }) => ({
    ...next,
    code: createDerivedSecrets(secrets.tokens).resetCode(next.id),
  }),
})

export const confirmReset = useCase(resetOperations.confirm, {
  load: async (tx, { caller, reset: id }) => {
    const reset = await loadReset(tx, id)
    const seconds = reset ? await loadSeconds(tx, reset.organisation) : []
    const { account } = caller.actor
    return {
      reset,
      me: await requireNamed(tx, account),
      isSecond: seconds.some((one) => one.account === account),
    }
  },
  decide: decideConfirmReset,
  present: done,
})

export const withdrawReset = useCase(resetOperations.withdraw, {
  load: async (tx, { caller, reset }) => ({
    reset: await loadReset(tx, reset),
    me: await requireNamed(tx, caller.actor.account),
  }),
  decide: decideWithdrawReset,
  present: done,
})

const complete = useCase(resetOperations.complete, {
  /** The password is no part of it: nothing derived from it is stored but its slow hash. */
  requestOf: ({ email, code }) => hashOf(`${email} ${code}`).toHex(),
  /** The same work whoever it is: neither words nor time tell whether there is such an account, or a reset. */
  load: async (tx, { email, code, password }, adapters) => {
    const { account, reset } = await findReset(tx, { email, code }, adapters)
    const made = await makeCredentials({ secretsOf: reset?.id ?? nobody, account, password }, adapters)
    return { facts: { reset, email }, made }
  },
  decide: ({ facts, made }, _asked, at) => decideCompleteReset(facts, made, at),
  present: ({ reset, account, email }, _asked, adapters) => ({
    account,
    email,
    ...shownOnce({ secretsOf: reset, email }, adapters),
  }),
})

/** Tries count as those of signing in do. */
export const completeReset: UseCase<typeof resetOperations.complete> = {
  operation: resetOperations.complete,
  perform: (adapters, call) => call.signIn.attempt(() => complete.perform(adapters, call)),
}

const nobody = '0'.repeat(32) as AccountId

async function findReset(
  tx: Tx,
  { email, code }: { readonly email: Email; readonly code: string },
  { secrets }: Adapters,
) {
  const found = await findCredentials(tx, email)
  const account = found?.id ?? nobody
  const codeHash = createDerivedSecrets(secrets.tokens).codeHash(account, code)
  return { account, reset: await findResetByCode(tx, { account, codeHash }) }
}
