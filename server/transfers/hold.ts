// Use cases of holds: an officer places and lifts one, a recipient reports a problem. Rules are in
// domain/transfers/decisions/decide-hold.ts.
import { endingOperations } from '#contract/transfers/endings.ts'
import {
  decideLiftHold,
  decidePlaceHold,
  decideReport,
  type HoldFacts,
} from '#domain/transfers/decisions/decide-hold.ts'
import type { AccountId } from '#domain/values.ts'
import { loadHolders } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { loadOpenHold } from '#store/transfers/holds.ts'
import { asDecided, useCase } from '../use-case.ts'
import { type AskedAbout, loadReader } from './facts.ts'

export const placeHold = useCase(endingOperations.placeHold, {
  load: loadHoldFacts,
  decide: decidePlaceHold,
  present: asDecided,
})

export const liftHold = useCase(endingOperations.liftHold, {
  load: loadHoldFacts,
  decide: decideLiftHold,
  present: asDecided,
})

export const report = useCase(endingOperations.report, {
  load: loadHoldFacts,
  decide: decideReport,
  present: asDecided,
})

async function loadHoldFacts(tx: Tx, asked: AskedAbout): Promise<HoldFacts> {
  const reading = await loadReader(tx, asked)
  const { found } = reading
  const ends = found
    ? [found.transfer.senderOrganisation, ...found.deliveries.map((one) => one.recipient.organisation)]
    : []
  const officers: AccountId[] = []
  for (const organisation of new Set(ends)) {
    const holders = await loadHolders(tx, { organisation, role: 'information-officer' })
    officers.push(...holders.map(({ account }) => account))
  }
  return { ...reading, officers, placed: await loadOpenHold(tx, asked.transfer) }
}
