// Use cases of a team: one of its members takes a transfer, so that the others see who has it, and gives it back.
// Rules are in domain/transfers/decisions/decide-take.ts.
import { collectOperations } from '#contract/transfers/collect.ts'
import { decideGiveBack, decideTake } from '#domain/transfers/decisions/decide-take.ts'
import { loadRostered } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { done, useCase } from '../use-case.ts'
import { type AskedAbout, loadReader } from './facts.ts'

export const take = useCase(collectOperations.take, { load: loadTaking, decide: decideTake, present: done })

export const giveBack = useCase(collectOperations.giveBack, {
  load: loadTaking,
  decide: decideGiveBack,
  present: done,
})

async function loadTaking(tx: Tx, asked: AskedAbout) {
  const reading = await loadReader(tx, asked)
  const takers = new Set(reading.found?.deliveries.flatMap(({ takenBy }) => takenBy ?? []))
  const holders = await Promise.all([...takers].map((account) => loadRostered(tx, account)))
  return { ...reading, holders: holders.filter((holder) => holder !== null) }
}
