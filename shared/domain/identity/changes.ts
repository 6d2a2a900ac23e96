// What decisions about accounts, sign-in and invitations may change. Hashes and sealed secrets arrive as facts.
import type { Decision as DecisionOf } from '../decision.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Bytes, Email, Instant, OrganisationId } from '../values.ts'

export interface NewInvitation {
  readonly id: string
  readonly tokenHash: Bytes
  readonly organisation: OrganisationId
  readonly email: Email
  readonly name: string
  readonly roles: readonly Role[]
  /** Names: the roster that makes a team gives it its id. */
  readonly teams: readonly string[]
  readonly firstAdministrator: boolean
  readonly expiresAt: Instant
}

export interface NewAccount {
  readonly id: AccountId
  readonly organisation: OrganisationId
  readonly email: Email
  readonly name: string
  readonly passwordHash: string
  readonly totpSecret: Bytes
  readonly oneTimeCodeHashes: readonly Bytes[]
  readonly proposedRoles: readonly Role[]
  readonly proposedTeams: readonly string[]
  readonly firstAdministrator: boolean
  readonly createdAt: Instant
}

export interface NewToken {
  readonly id: string
  readonly account: AccountId
  readonly secretHash: Bytes
  readonly scopes: readonly string[]
  /** The tokens that it was made with, the first one first: it dies with each of them. */
  readonly ancestors: readonly string[]
  readonly expiresAt: Instant
  readonly createdAt: Instant
}

export type IdentityChange =
  | { readonly kind: 'identity.invite'; readonly invitation: NewInvitation }
  | { readonly kind: 'identity.accept-invitation'; readonly invitation: string; readonly at: Instant }
  | { readonly kind: 'identity.add-account'; readonly account: NewAccount }
  | { readonly kind: 'identity.use-totp-step'; readonly account: AccountId; readonly step: number }
  | {
      readonly kind: 'identity.use-one-time-code'
      readonly account: AccountId
      readonly codeHash: Bytes
      readonly at: Instant
    }
  | { readonly kind: 'identity.issue-token'; readonly token: NewToken }
  /** With every token that was made with it. */
  | { readonly kind: 'identity.revoke-token'; readonly token: string; readonly at: Instant }
  | { readonly kind: 'identity.end-session'; readonly account: AccountId; readonly session: string }
  /** Every session and token but one. */
  | {
      readonly kind: 'identity.end-others'
      readonly account: AccountId
      readonly except: string | null
      readonly at: Instant
    }
  /** With everything that anybody could still do as this account. */
  | { readonly kind: 'identity.deactivate'; readonly account: AccountId; readonly at: Instant }

export type Decision<Next> = DecisionOf<Next, IdentityChange>
