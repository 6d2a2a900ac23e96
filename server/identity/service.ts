// Use cases of identity: sign-in and out, tokens, invitations, who one is. Secrets are made and checked here, at the
// edge of the decisions; what is decided is in domain/identity, what is shown once in shown-once.ts.
import type { AccountView, IssuedToken } from '#contract/identity.ts'
import { type Scope, scopes as allScopes } from '#contract/operation.ts'
import type { Caller, Person, PersonCaller } from '#domain/caller.ts'
import { decideAcceptInvitation, decideInvite, type NewCredentials } from '#domain/identity/decide-invitations.ts'
import { decideShowAccount } from '#domain/identity/decide-read.ts'
import { decideSignIn, decideSignOut } from '#domain/identity/decide-sign-in.ts'
import { decideIssueToken, decideRevokeToken } from '#domain/identity/decide-tokens.ts'
import type { Role } from '#domain/organisations/roles.ts'
import { type AccountId, type Email, email as emailModel, type Instant, type Origin } from '#domain/values.ts'
import { type Clock, instantOf } from '#platform/clock.ts'
import { equalSecrets, hashPassword, randomId } from '#platform/crypto.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Database } from '#store/database.ts'
import {
  findPerson,
  findToken,
  loadAcceptFacts,
  loadAccountView,
  loadInviteFacts,
  loadSignInFacts,
  loadTokenEnd,
  loadTokenOwner,
} from '#store/identity.ts'
import { createCredentials, sealTotpSecret, totpUrl } from './credentials.ts'
import { createShownOnce, hashOf, idOf } from './shown-once.ts'

const dayMs = 24 * 3600 * 1000
const invitationDays = 7

export interface IdentityOptions {
  readonly database: Database
  readonly commit: Commit
  readonly clock: Clock
  readonly origin: Origin
  /** 32 octets each (server/secrets.ts). */
  readonly secrets: { readonly totp: Uint8Array; readonly tokens: Uint8Array }
}

export interface Shown {
  readonly email: string
  readonly password: string
  readonly code: string
  readonly caller: Caller
}

export interface TokenWish {
  readonly scopes: readonly Scope[]
  readonly days: number
  readonly caller: PersonCaller
  /** What the caller's own token may do; null for a session. */
  readonly callerScopes: readonly Scope[] | null
  readonly idempotency?: Idempotency
}

export interface InvitationWish {
  readonly email: Email
  readonly name: string
  readonly roles: readonly Role[]
  /** Names of teams: a proposal. */
  readonly teams: readonly string[]
  readonly caller: PersonCaller
  readonly idempotency: Idempotency
}

export interface Acceptance {
  readonly token: string
  readonly password: string
  readonly caller: Caller
  readonly idempotency: Idempotency
}

export type IdentityService = ReturnType<typeof createIdentityService>

export function createIdentityService({ database, commit, clock, origin, secrets }: IdentityOptions) {
  const shownOnce = createShownOnce(secrets.tokens)
  const credentials = createCredentials({ database, totpKey: secrets.totp, shownOnce, epochMs: clock.epochMs })
  const now = () => clock.now() as Instant
  const inDays = (days: number) => instantOf(clock.epochMs() + days * dayMs) as Instant
  const personOf = (account: AccountId) => findPerson(database, { account, at: now() })

  return {
    findPerson: personOf,

    /** Whose token it is, if it may still be used. */
    async findByToken(token: string) {
      const id = idOf(token)
      const found = id === undefined ? undefined : await findToken(database, { id, at: now() })
      if (id === undefined || !found || !equalSecrets(hashOf(token), found.secret_hash)) return undefined
      const person = await personOf(found.account)
      return person && { person, session: id, scopes: allScopes.filter((scope) => found.scopes.includes(scope)) }
    },

    async signIn({ email, password, code, caller }: Shown): Promise<Outcome<Person>> {
      const shown = { email: emailModel.parse(email), password, code }
      const right = await credentials.check(shown)
      const person = right ? await personOf(right.account) : undefined
      const outcome = await commit({
        caller: person ? { ...caller, actor: person } : caller,
        load: async (tx) => (right && person ? loadSignInFacts(tx, { person, factor: right.factor }) : null),
        decide: (facts, at) => decideSignIn(facts, shown, at),
      })
      if (!outcome.ok) return outcome
      return { ok: true, next: { kind: 'person', ...outcome.next }, replayed: false }
    },

    signOut: (caller: PersonCaller) =>
      commit({ caller, load: async () => undefined, decide: () => decideSignOut(caller) }),

    account: (caller: PersonCaller): Promise<Outcome<AccountView>> =>
      commit({
        caller,
        load: (tx) => loadAccountView(tx, { account: caller.actor.account, at: now() }),
        decide: (view) => decideShowAccount(view, caller),
      }),

    async issueToken({ scopes, days, caller, callerScopes, idempotency }: TokenWish): Promise<Outcome<IssuedToken>> {
      const id = randomId()
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => (callerScopes && caller.session ? loadTokenEnd(tx, caller.session) : null),
        decide: (callerEnds, at) => {
          const secretHash = hashOf(shownOnce.token(id))
          const { account } = caller.actor
          const token = { id, account, secretHash, scopes, expiresAt: inDays(days), createdAt: at }
          return decideIssueToken({ token, callerScopes, callerEnds }, caller)
        },
      })
      if (!outcome.ok) return outcome
      const next = outcome.next as Omit<IssuedToken, 'token'>
      return { ...outcome, next: { ...next, token: shownOnce.token(next.id) } }
    },

    revokeToken: ({ token, caller, idempotency }: { token: string; caller: PersonCaller; idempotency: Idempotency }) =>
      commit({
        caller,
        idempotency,
        load: (tx) => loadTokenOwner(tx, token),
        decide: (facts, at) => decideRevokeToken(facts, { token, caller }, at),
      }),

    async invite({ email, name, roles, teams, caller, idempotency }: InvitationWish) {
      const id = randomId()
      const outcome = await commit({
        caller,
        idempotency,
        load: (tx) => loadInviteFacts(tx, email),
        decide: (facts) => {
          const { organisation } = caller.actor
          const tokenHash = hashOf(shownOnce.invitation(id))
          const invitation = { id, tokenHash, organisation, email, name, roles, teams }
          return decideInvite(facts, {
            invitation: { ...invitation, firstAdministrator: false, expiresAt: inDays(invitationDays) },
            caller,
          })
        },
      })
      if (!outcome.ok) return outcome
      return { ...outcome, next: { ...outcome.next, token: shownOnce.invitation(outcome.next.id) } }
    },

    /** The password is no part of the idempotent request: nothing derived from it is stored but its slow hash. */
    async acceptInvitation({ token, password, caller, idempotency }: Acceptance) {
      const tokenHash = hashOf(token)
      const outcome = await commit({
        caller,
        idempotency: { ...idempotency, request: Buffer.from(tokenHash).toString('hex') },
        load: async (tx) => {
          const facts = await loadAcceptFacts(tx, tokenHash)
          const made = facts.invitation && (await newCredentials({ invitation: facts.invitation.id, password }))
          return { facts, made }
        },
        decide: ({ facts, made }, at) => decideAcceptInvitation(facts, made, at),
      })
      if (!outcome.ok) return outcome
      const { account, invitation, email, organisation } = outcome.next
      const secret = shownOnce.totpSecret(invitation)
      const authenticator = totpUrl({ secret, issuer: `Safehand ${origin}`, label: email })
      const shown = { totpSecret: authenticator.secret, totpUrl: authenticator.url, codes: shownOnce.codes(invitation) }
      return { ...outcome, next: { account, email, organisation, origin, ...shown } }
    },
  }

  async function newCredentials(wanted: { invitation: string; password: string }): Promise<NewCredentials> {
    const id = randomId() as AccountId
    const secret = shownOnce.totpSecret(wanted.invitation)
    return {
      id,
      passwordHash: await hashPassword(wanted.password),
      totpSecret: sealTotpSecret({ key: secrets.totp, secret, account: id }),
      oneTimeCodeHashes: shownOnce.codes(wanted.invitation).map((code) => shownOnce.codeHash(id, code)),
    }
  }
}
