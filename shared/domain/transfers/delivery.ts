// To whom a transfer is delivered, seen from one reader: themselves by name, else the team they stand in today.
import type { Rostered } from '../agreements/decide-transfer.ts'
import type { Delivery, TransferFacts } from './transfer.ts'

/** Undefined before dispatch, and for everyone who is not addressed: they are not to know that it exists. */
export function deliveryTo(facts: TransferFacts, reader: Rostered | null): Delivery | undefined {
  if (reader === null || facts.transfer.dispatchedAt === null) return undefined
  const addressed = facts.deliveries.filter(({ recipient }) => recipient.organisation === reader.organisation)
  return (
    addressed.find(({ recipient }) => recipient.kind === 'person' && recipient.account === reader.account) ??
    addressed.find(({ recipient }) => recipient.kind === 'team' && reader.teams.includes(recipient.team))
  )
}
