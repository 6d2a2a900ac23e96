// Who it is: by what they show at sign-in, by the token they carry, by the account of their session. Secrets are checked here,
// at the edge of the decision in domain/identity/decide-sign-in.ts; http/passport.ts asks.
import { scopes as allScopes } from '#contract/operation.ts'
import { decideSignIn } from '#domain/identity/decide-sign-in.ts'
import { type AccountId, email as emailModel } from '#domain/values.ts'
import { equalSecrets } from '#platform/crypto.ts'
import { findToken } from '#store/access.ts'
import { findPerson, loadSignInFacts } from '#store/identity.ts'
import type { People } from '../http/passport.ts'
import type { Adapters } from '../use-case.ts'
import { createCredentials } from './credentials.ts'
import { createDerivedSecrets, hashOf, idOf } from './derived-secrets.ts'

type Needed = Pick<Adapters, 'commit' | 'database' | 'secrets' | 'now'> & { readonly epochMs: () => number }

export function createPeople({ commit, database, secrets, now, epochMs }: Needed): People {
  const derived = createDerivedSecrets(secrets.tokens)
  const credentials = createCredentials({ database, totpKey: secrets.totp, derived, epochMs })
  const personOf = (account: AccountId) => findPerson(database, { account, at: now() })
  return {
    findPerson: personOf,

    /** Whose token it is, if it may still be used. */
    async findByToken(token) {
      const id = idOf(token)
      const found = id === undefined ? undefined : await findToken(database, { id, at: now() })
      if (id === undefined || !found || !equalSecrets(hashOf(token), found.secret_hash)) return undefined
      const person = await personOf(found.account)
      return person && { person, session: id, scopes: allScopes.filter((scope) => found.scopes.includes(scope)) }
    },

    async signIn({ email, password, code, caller }) {
      const shown = { email: emailModel.parse(email), password, code }
      const right = await credentials.check(shown)
      const person = right ? await personOf(right.account) : undefined
      const outcome = await commit({
        caller: person ? { ...caller, actor: person } : caller,
        load: async (tx) => (right && person ? loadSignInFacts(tx, { person, factor: right.factor }) : null),
        decide: (facts, at) => decideSignIn(facts, shown, at),
      })
      return outcome.ok ? { ok: true, next: { kind: 'person', ...outcome.next }, replayed: false } : outcome
    },
  }
}
