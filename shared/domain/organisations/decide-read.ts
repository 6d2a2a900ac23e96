// Who sees an organisation's documents, and who waits for its next roster.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { OrganisationActName } from './act-names.ts'
import { permitted } from './permitted.ts'
import { isAdministrator, refuse } from './submission.ts'

export interface ViewFacts<View> {
  readonly caller: PersonCaller
  readonly view: View
  readonly people: number
}

/** With what the caller may do for the organisation. */
type Shown<View> = View & { readonly permitted: readonly OrganisationActName[] }

/** One's own organisation's documents: everyone in it may see them. */
export function decideViewDocuments<View>({ caller, view, people }: ViewFacts<View>): Decision<Shown<View>> {
  const logs = [ownLog(caller)]
  const next = { ...view, permitted: permitted(caller) }
  return { next, changes: [], event: { event: 'org.viewed', logs, detail: { people } }, jobs: [] }
}

/** Who waits for the roster: the administrators' business. */
export function decideViewAwaiting<View>(facts: ViewFacts<View>): Decision<Shown<View>> {
  const { caller } = facts
  if (isAdministrator(caller)) return decideViewDocuments(facts)
  return refuse({ event: 'org.viewed', caller, refusal: { code: 'ROLE_REQUIRED' } })
}
