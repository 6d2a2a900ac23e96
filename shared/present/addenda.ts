// Who was added to a transfer after it was released, by whom and why: by their signed addenda, never by the service's word.
import type { RosteredPerson } from '#domain/organisations/rostered.ts'
import type { Addendum } from '#domain/transfers/documents/addendum.ts'
import type { Names } from './names.ts'

export interface SignedAddendum {
  readonly addendum: Addendum
  readonly signer: Pick<RosteredPerson, 'name'>
}

export function describeAddendum(
  { addendum: { reader, recipient, reason }, signer }: SignedAddendum,
  names: Names,
): string {
  const who = names.person({ account: reader.account, organisation: recipient.organisation }) ?? reader.account
  return `${who} was added by ${signer.name}: ${reason}`
}
