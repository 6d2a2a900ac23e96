// What decisions about accounts, sign-in and invitations may change. Hashes and sealed secrets arrive as facts.
import type { Decision as DecisionOf } from '../decision.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Bytes, CorrelationId, Email, Instant, OrganisationId } from '../values.ts'

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

/** What somebody signs in with: chosen or made anew, hashed or sealed. */
export type NewCredentials = Pick<NewAccount, 'id' | 'passwordHash' | 'totpSecret' | 'oneTimeCodeHashes'>

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

export const accountMailTemplates = ['password-changed', 'reset-opened', 'reset-asked', 'reset-completed'] as const
export type AccountMailTemplate = (typeof accountMailTemplates)[number]

/** One mail to one person about one act. */
export interface AccountNotification {
  readonly account: AccountId
  readonly template: AccountMailTemplate
  readonly correlation: CorrelationId
}

export type IdentityChange =
  /** Earlier ones for the same address there, or as its first administrator, are withdrawn. */
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
  | { readonly kind: 'identity.set-password'; readonly account: AccountId; readonly passwordHash: string }
  /** In place of everything that counted before. */
  | { readonly kind: 'identity.set-credentials'; readonly credentials: NewCredentials; readonly at: Instant }
  /** An earlier one that is still open is withdrawn. */
  | {
      readonly kind: 'identity.open-reset'
      readonly reset: {
        readonly id: string
        readonly account: AccountId
        readonly codeHash: Bytes
        readonly openedBy: AccountId
        readonly needsSecond: boolean
        readonly expiresAt: Instant
      }
      readonly at: Instant
    }
  | {
      readonly kind: 'identity.confirm-reset'
      readonly reset: string
      readonly by: AccountId
      readonly at: Instant
    }
  | {
      readonly kind: 'identity.withdraw-reset' | 'identity.complete-reset'
      readonly reset: string
      readonly at: Instant
    }
  | { readonly kind: 'identity.notify'; readonly notification: AccountNotification; readonly at: Instant }
  /** With everything that anybody could still do as this account. */
  | { readonly kind: 'identity.deactivate'; readonly account: AccountId; readonly at: Instant }

export type Decision<Next> = DecisionOf<Next, IdentityChange>
