// What decisions about organisations, statements and rosters may change.
import type { Decision as DecisionOf } from '../decision.ts'
import type { IdentityChange } from '../identity/changes.ts'
import type { SignedBytes } from '../document.ts'
import type { AccountId, Bytes, Fingerprint, Instant, OrganisationId, Sha256Hex } from '../values.ts'
import type { Person, Roster } from './roster.ts'
import type { Statement } from './statement.ts'

/** A root's or roster key's public part. */
export interface OrganisationKey {
  readonly fingerprint: Fingerprint
  readonly bytes: Bytes
}

/** A salted person entry with its digest (SHA-256 of the bytes). */
export interface PersonEntry {
  readonly digest: Sha256Hex
  readonly bytes: Bytes
  readonly person: Person
}

export type OrganisationChange =
  | {
      readonly kind: 'organisations.register-domains'
      readonly organisation: OrganisationId
      readonly domains: readonly string[]
      readonly at: Instant
    }
  | { readonly kind: 'organisations.add'; readonly id: OrganisationId; readonly name: string; readonly at: Instant }
  | {
      readonly kind: 'organisations.register-statement'
      readonly statement: Statement
      readonly hash: Sha256Hex
      readonly signed: SignedBytes
      readonly keys: readonly OrganisationKey[]
    }
  | {
      readonly kind: 'organisations.register-roster'
      readonly roster: Roster
      readonly hash: Sha256Hex
      readonly signed: SignedBytes
      readonly signedBy: Fingerprint
      readonly people: readonly PersonEntry[]
    }
  /** Nothing more is told to the addresses of who may register none any more. */
  | {
      readonly kind: 'organisations.end-webhooks'
      readonly organisation: OrganisationId
      readonly administrators: readonly AccountId[]
      readonly at: Instant
    }

export type Decision<Next> = DecisionOf<Next, OrganisationChange | IdentityChange>
