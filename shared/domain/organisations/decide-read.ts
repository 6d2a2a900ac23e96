// Who sees an organisation's documents, and who waits for its next roster.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import { isAdministrator, refuse } from './submission.ts'

export interface ViewFacts<View> {
  readonly caller: PersonCaller
  readonly view: View
  readonly people: number
}

/** One's own organisation's documents: everyone in it may see them. */
export function decideViewDocuments<View>({ caller, view, people }: ViewFacts<View>): Decision<View> {
  const logs = [ownLog(caller)]
  return { next: view, changes: [], event: { event: 'org.viewed', logs, detail: { people } }, jobs: [] }
}

/** Who waits for the roster: the administrators' business. */
export function decideViewAwaiting<View>(facts: ViewFacts<View>): Decision<View> {
  const { caller } = facts
  if (isAdministrator(caller)) return decideViewDocuments(facts)
  return refuse({ event: 'org.viewed', caller, refusal: { code: 'ROLE_REQUIRED' } })
}
