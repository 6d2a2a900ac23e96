// To whom a transfer is delivered, seen from one reader: themselves by name, and each team they stand in today. Today is
// the current roster's: who has left the team is nobody from the next request on.
import type { Rostered } from '../policy/facts.ts'
import type { Delivery, TransferFacts } from './transfer.ts'

/** None before dispatch, and for everyone who is not addressed: they are not to know that it exists. */
export function deliveriesTo(facts: TransferFacts, reader: Rostered | null): readonly Delivery[] {
  if (reader === null || facts.transfer.dispatchedAt === null) return []
  return facts.deliveries.filter(
    ({ recipient }) =>
      recipient.organisation === reader.organisation &&
      (recipient.kind === 'person' ? recipient.account === reader.account : reader.teams.includes(recipient.team)),
  )
}

export function isAddressedTo(facts: TransferFacts, reader: Rostered | null): boolean {
  return deliveriesTo(facts, reader).length > 0
}
