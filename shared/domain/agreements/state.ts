// An agreement version as decisions see it: the signed text and what became of it (store/agreements.ts).
import type { AccountId, Instant, OrganisationId, Sha256Hex, AgreementReference } from '../values.ts'
import type { Agreement } from './agreement.ts'

/** What is stored of one version, as far as decisions ask. */
export interface AgreementState {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly importedBy: AccountId
  readonly activatedAt: Instant | null
  readonly unsigned: readonly OrganisationId[]
}

export function isParty({ parties }: Agreement, organisation: OrganisationId): boolean {
  return parties.some((party) => party.organisation === organisation)
}

export function referenceOf({ agreement, hash }: Pick<AgreementState, 'agreement' | 'hash'>): AgreementReference {
  return { id: agreement.id, version: agreement.version, hash }
}
