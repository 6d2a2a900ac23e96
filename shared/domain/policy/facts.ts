// What the policy asks of an agreement, of the people in current rosters, and of a transfer that somebody wants to send.
import type { Agreement, Marking } from '../agreements/agreement.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Fingerprint, Instant, OrganisationId, Sha256Hex, TeamId } from '../values.ts'
import type { AgreementAsItStands } from './agreement-standing.ts'
import type { SeenFileType } from '../file-types.ts'
import type { Recipient } from './recipient.ts'

/** A person as the current signed roster of their organisation has them. */
export interface Rostered {
  readonly account: AccountId
  readonly organisation: OrganisationId
  readonly encryptionSubkey: Fingerprint
  /** Null: never. */
  readonly keyExpiresAt: Instant | null
  /** Null: it was not. The service blocks it before the next roster leaves it out. */
  readonly keyRevokedAt: Instant | null
  readonly roles: readonly Role[]
  readonly teams: readonly TeamId[]
}

/** A named recipient and the rostered people behind it: the person, or the team's members. None: not in the roster. */
export interface ResolvedRecipient {
  readonly recipient: Recipient
  readonly members: readonly Rostered[]
}

/** When an organisation's current roster ends; null when it has none. */
export interface RosterStanding {
  readonly organisation: OrganisationId
  readonly expires: Instant | null
}

export interface AgreementFacts extends AgreementAsItStands {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  /** Null when the sender stands in no current roster. */
  readonly sender: Rostered | null
  readonly rosters: readonly RosterStanding[]
  readonly recipients: readonly ResolvedRecipient[]
}

export interface TransferRequest {
  readonly flow: string
  readonly purpose: string
  readonly items: readonly string[]
  readonly marking: Marking
  readonly handlingInstruction: string | null
  /** Plaintext bytes of each file; the manifest is not counted. */
  readonly fileBytes: readonly number[]
  /** What each is by content and name together, and what archives hold; null: nobody said. */
  readonly fileTypes?: readonly (SeenFileType | null)[]
  /** As the sender states them. Left out: not stated. */
  readonly records?: number
  /** The agreement's longest life counts from here: the instant of the draft, also when it is decided again. */
  readonly draftedAt: Instant
  readonly expires: Instant
  /** Seconds of holds since, which `expires` was given back. Left out: none. */
  readonly pausedSeconds?: number
  readonly caseReference: string | null
}

/** Who may send and collect; a team's other members get no wrapped key. */
export function isCaseworker({ roles }: { readonly roles: readonly Role[] }): boolean {
  return roles.includes('caseworker')
}
