// What decisions about certificates and key proofs may change.
import type { Decision as DecisionOf } from '../decision.ts'
import type { AccountId, Bytes, Fingerprint, Instant } from '../values.ts'

export type KeyProofPurpose = 'register' | 'collect'

/** A public part, with what its holder would be sent to. */
export interface ClaimedKey {
  readonly fingerprint: Fingerprint
  readonly encryptionSubkey: Fingerprint
  readonly bytes: Bytes
  readonly expires: Instant | null
}

export type CertificateChange =
  /** Of this account alone, until it is proven; in place of an earlier claim to the same key. */
  | {
      readonly kind: 'certificates.claim'
      readonly account: AccountId
      readonly key: ClaimedKey
      readonly at: Instant
    }
  | {
      readonly kind: 'certificates.register'
      readonly fingerprint: Fingerprint
      readonly account: AccountId
      readonly encryptionSubkey: Fingerprint
      readonly bytes: Bytes
      readonly expires: Instant | null
      readonly at: Instant
    }
  | {
      readonly kind: 'certificates.renew'
      readonly fingerprint: Fingerprint
      readonly bytes: Bytes
      readonly expires: Instant | null
      readonly at: Instant
    }
  | {
      readonly kind: 'certificates.revoke'
      readonly fingerprint: Fingerprint
      /** The revoked certificate, if its owner published one. */
      readonly bytes: Bytes | null
      readonly at: Instant
    }
  | {
      readonly kind: 'certificates.challenge'
      readonly id: string
      readonly account: AccountId
      readonly purpose: KeyProofPurpose
      readonly encryptionSubkey: Fingerprint
      readonly session: string
      readonly answerHash: Bytes
      readonly expiresAt: Instant
    }
  | { readonly kind: 'certificates.tried'; readonly id: string; readonly at: Instant }
  | {
      readonly kind: 'certificates.proven'
      readonly id: string
      readonly purpose: KeyProofPurpose
      readonly encryptionSubkey: Fingerprint
      readonly at: Instant
    }

export type Decision<Next> = DecisionOf<Next, CertificateChange>
