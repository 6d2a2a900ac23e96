// Who may read an agreement, and who which of them stand in a list: its parties, each time with an entry.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { Day, Instant, OrganisationId, AgreementReference } from '../values.ts'
import type { AgreementActName } from './act-names.ts'
import { logOf, notFound } from './entries.ts'
import { type AgreementState, isParty, referenceOf } from './state.ts'

export function decideView<Documents>(facts: {
  readonly caller: PersonCaller
  readonly state: AgreementState | null
  readonly documents: Documents
}): Decision<Documents> {
  const { caller, state, documents } = facts
  if (!state || !isParty(state.agreement, caller.actor.organisation)) return notFound(caller, 'agreement.viewed')
  const agreement = referenceOf(state)
  const event = { event: 'agreement.viewed', logs: [logOf(agreement.id)], agreement, detail: {} } as const
  if (caller.actor.roles.length === 0) return { refusal: { code: 'ROLE_REQUIRED' }, event }
  return { next: documents, changes: [], event, jobs: [] }
}

export interface AgreementSummary extends AgreementReference {
  readonly reference: string
  readonly title: string
  readonly parties: readonly {
    readonly organisation: OrganisationId
    readonly name: string
    readonly signed: boolean
  }[]
  readonly flows: readonly { readonly code: string; readonly from: OrganisationId; readonly to: OrganisationId }[]
  readonly activatedAt: Instant | null
  readonly effectiveFrom: Day
  readonly reviewOn: Day
  readonly expiresOn: Day
  readonly permitted: readonly AgreementActName[]
}

export interface Listed {
  readonly state: AgreementState
  /** What the caller may do with it (agreement-permitted.ts). */
  readonly permitted: readonly AgreementActName[]
}

export function decideList(facts: {
  readonly caller: PersonCaller
  readonly listed: readonly Listed[]
}): Decision<{ readonly agreements: readonly AgreementSummary[] }> {
  const { caller, listed } = facts
  const own = listed.filter(({ state }) => isParty(state.agreement, caller.actor.organisation))
  const logs = [ownLog(caller)]
  if (caller.actor.roles.length === 0) {
    return { refusal: { code: 'ROLE_REQUIRED' }, event: { event: 'agreement.listed', logs } }
  }
  return {
    next: { agreements: own.map(summaryOf) },
    changes: [],
    event: { event: 'agreement.listed', logs, detail: { count: own.length } },
    jobs: [],
  }
}

function summaryOf({ state: { agreement, hash, activatedAt, unsigned }, permitted }: Listed): AgreementSummary {
  const { id, version, reference, title, effectiveFrom, reviewOn, expiresOn } = agreement
  const parties = agreement.parties.map(({ organisation, name }) => ({
    organisation,
    name,
    signed: !unsigned.includes(organisation),
  }))
  const flows = agreement.flows.map(({ code, from, to }) => ({ code, from, to }))
  return {
    id,
    version,
    hash,
    reference,
    title,
    parties,
    flows,
    activatedAt,
    effectiveFrom,
    reviewOn,
    expiresOn,
    permitted,
  }
}
