// What decisions about agreements may change.
import type { Decision as DecisionOf } from '../decision.ts'
import type { SignedBytes } from '../document.ts'
import type { AccountId, Bytes, Instant, OrganisationId, Sha256Hex } from '../values.ts'
import type { Agreement } from './agreement.ts'

export type AgreementChange =
  | {
      readonly kind: 'agreements.import'
      readonly agreement: Agreement
      readonly hash: Sha256Hex
      readonly bytes: Bytes
      readonly by: AccountId
      readonly at: Instant
    }
  | {
      readonly kind: 'agreements.sign'
      readonly hash: Sha256Hex
      readonly organisation: OrganisationId
      readonly account: AccountId
      readonly signed: SignedBytes
      readonly at: Instant
    }
  | { readonly kind: 'agreements.activate'; readonly hash: Sha256Hex; readonly at: Instant }

export type Decision<Next> = DecisionOf<Next, AgreementChange>
