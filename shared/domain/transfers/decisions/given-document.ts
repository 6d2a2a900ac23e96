// A document about a transfer as its signer gives it to the service: what was read of it, and whether the signature is theirs.
// OpenPGP work and hashing were done before a decision; their results are facts.
import type { ParsedDocument, SignedBytes } from '../../document.ts'
import type { RosterReference } from '../../organisations/roster.ts'
import type { AccountId, Fingerprint, OrganisationId, Origin, Sha256Hex, TransferId } from '../../values.ts'

export interface GivenDocument<T> {
  readonly transfer: TransferId
  readonly document: ParsedDocument<T>
  readonly hash: Sha256Hex
  readonly signed: SignedBytes
}

/** Who signed it, as far as that was found out. */
export interface SigningFacts {
  readonly origin: Origin
  /** Null: they stand in no current roster with a certificate in force. */
  readonly signer: Signer | null
  /** Why the signature is not the caller's; null when it is. */
  readonly signatureRefusal: string | null
}

/** The person as the current roster has them, with the certificate that it names. */
export interface Signer {
  readonly account: AccountId
  readonly organisation: OrganisationId
  readonly fingerprint: Fingerprint
  readonly roster: RosterReference
}
