// Who acts under an agreement: as its verified rosters have them, with their key.
import type { AccountId } from '#domain/values.ts'
import type { KeyHolder } from './key-holder.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedPerson } from './verify-rosters.ts'

export interface Sender {
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly key: KeyHolder
}

/** The person as the client's own organisation's verified roster has them; null when it does not. */
export function ownPerson(agreement: VerifiedAgreement, account: AccountId): VerifiedPerson | null {
  return agreement.people(agreement.own).find((person) => person.account === account) ?? null
}
