// Use cases of invitations: a colleague is invited, and becomes an account. Rules are in domain/identity/decide-invitations.ts;
// what is shown once is derived, never stored (derived-secrets.ts).
import { identityOperations } from '#contract/identity.ts'
import { decideAcceptInvitation, decideInvite } from '#domain/identity/decide-invitations.ts'
import { addDays } from '#domain/time.ts'
import type { AccountId } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { loadAcceptFacts, loadInviteFacts } from '#store/identity.ts'
import { useCase } from '../use-case.ts'
import { makeCredentials, shownOnce } from './credentials.ts'
import { createDerivedSecrets, hashOf } from './derived-secrets.ts'

const invitationDays = 7

export const invite = useCase(identityOperations.invite, {
  prepare: (_asked, { secrets }) => {
    const id = randomId()
    return { id, tokenHash: hashOf(createDerivedSecrets(secrets.tokens).invitation(id)) }
  },
  load: (tx, { email, caller }) => loadInviteFacts(tx, { email, organisation: caller.actor.organisation }),
  decide: (facts, { caller, email, name, roles, teams, id, tokenHash }, at) => {
    const { organisation } = caller.actor
    const invitation = { id, tokenHash, organisation, email, name, roles, teams }
    const expiresAt = addDays(at, invitationDays)
    return decideInvite(facts, { invitation: { ...invitation, firstAdministrator: false, expiresAt }, caller })
  },
  present: (next, _asked, { secrets }) => ({
    ...next,
    token: createDerivedSecrets(secrets.tokens).invitation(next.id),
  }),
})

export const acceptInvitation = useCase(identityOperations.acceptInvitation, {
  /** The password is no part of it: nothing derived from it is stored but its slow hash. */
  requestOf: ({ token }) => hashOf(token).toHex(),
  load: async (tx, { token, password }, adapters) => {
    const facts = await loadAcceptFacts(tx, hashOf(token))
    if (!facts.invitation) return { facts, made: null }
    const account = randomId() as AccountId
    return { facts, made: await makeCredentials({ secretsOf: facts.invitation.id, account, password }, adapters) }
  },
  decide: ({ facts, made }, _asked, at) => decideAcceptInvitation(facts, made, at),
  present: ({ account, invitation, email, organisation }, _asked, adapters) => ({
    ...{ account, email, organisation, origin: adapters.installation },
    ...shownOnce({ secretsOf: invitation, email }, adapters),
  }),
})
