// Who may read a log, and what stands in it afterwards: parties of an agreement its log, an organisation its own, each
// through four offices (ARCHITECTURE.md#readers). Whoever has no business with a log is told that there is none.
import type { AgreementReference, AccountId, OrganisationId, Sha256Hex } from '../values.ts'
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision, Refused } from '../decision.ts'
import type { Role } from '../roles.ts'
import type { LogOrigin } from './entry.ts'
import type { LogReference, EventName } from '../events.ts'

export const logReaders: readonly Role[] = ['information-officer', 'data-protection-officer', 'auditor', 'siro']

export interface ReadableLog {
  readonly reference: LogReference
  readonly origin: LogOrigin
  /** The version in force, for an agreement's log. */
  readonly agreement: AgreementReference | null
  /** The organisations it belongs to; none when there is no such log. */
  readonly owners: readonly OrganisationId[]
  /** Senders who are asked to wrap a session key again: they must see first that nothing was judged. */
  readonly waitedFor: readonly AccountId[]
}

interface Reading {
  readonly caller: PersonCaller
  readonly log: ReadableLog
}

export interface SignedHead {
  readonly size: number
  readonly root: Sha256Hex
  /** C2SP signed note. */
  readonly note: string
}

export interface Exported {
  readonly origin: LogOrigin
  readonly size: number
  readonly checkpoint: string
  readonly consistency: readonly string[]
  readonly waiting: number
}

export interface ExportFacts extends Reading {
  /** The newest; null before the first entry was sequenced. */
  readonly head: SignedHead | null
  /** Base64: that the head contains what the caller saw before, when they asked. */
  readonly consistency: readonly string[]
  readonly waiting: number
}

export function decideExport({ caller, log, head, consistency, waiting }: ExportFacts): Decision<Exported> {
  const refused = refuseReading({ caller, log }, 'audit.exported')
  if (refused) return refused
  const { logs, agreement } = placeOf(log)
  if (!head) return { refusal: { code: 'SERVICE_UNAVAILABLE' }, event: { event: 'audit.exported', logs, ...agreement } }
  const { size, root, note } = head
  return {
    next: { origin: log.origin, size, checkpoint: note, consistency, waiting },
    changes: [],
    event: { event: 'audit.exported', logs, ...agreement, detail: { size, root } },
    jobs: [],
  }
}

export interface EntriesFacts<Page> extends Reading {
  readonly range: { readonly from: number; readonly to: number }
  readonly page: Page
}

export function decideEntries<Page>({ caller, log, range, page }: EntriesFacts<Page>): Decision<Page> {
  const refused = refuseReading({ caller, log }, 'audit.viewed')
  if (refused) return refused
  const { logs, agreement } = placeOf(log)
  const what = `entries ${range.from} to ${range.to}`
  return { next: page, changes: [], event: { event: 'audit.viewed', logs, ...agreement, detail: { what } }, jobs: [] }
}

/** Openings are personal data: entries verify without them. */
export function holdsOffice({ actor }: PersonCaller): boolean {
  return actor.roles.some((role) => logReaders.includes(role))
}

/** Null when the caller may read the log. */
export function refuseReading({ caller, log }: Reading, event: EventName): Refused | null {
  if (!log.owners.includes(caller.actor.organisation)) {
    return { refusal: { code: 'NOT_FOUND' }, event: { event, logs: [ownLog(caller)] } }
  }
  if (holdsOffice(caller) || log.waitedFor.includes(caller.actor.account)) return null
  const { logs, agreement } = placeOf(log)
  return {
    refusal: { code: 'ROLE_REQUIRED', detail: { role: logReaders.join(' or ') } },
    event: { event, logs, ...agreement },
  }
}

function placeOf({ reference, agreement }: ReadableLog) {
  return { logs: [reference], agreement: agreement ? { agreement } : {} }
}
