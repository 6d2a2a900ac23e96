// Where the entries of acts on agreements belong, and how those acts are refused. Parties alone know that an agreement
// exists: to everyone else it is not found, and their own log says that they asked (ARCHITECTURE.md#which-log).
import type { LogReference } from '../events.ts'
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal, Refused, RefusedEvent } from '../decision.ts'
import type { Role } from '../roles.ts'
import type { AgreementId, Day } from '../values.ts'
import type { Agreement } from './agreement.ts'

export function logOf(id: AgreementId): LogReference {
  return { kind: 'agreement', id }
}

/** Another organisation's agreement: not found, and nothing of the asking stands in the agreement's log. */
export function notFound(caller: PersonCaller, event: RefusedEvent['event']): Refused {
  return { refusal: { code: 'NOT_FOUND' }, event: { event, logs: [ownLog(caller)] } }
}

export function needs(role: Role): Refusal {
  return { code: 'ROLE_REQUIRED', detail: { role } }
}

export function unfit(clause: string, reason: string): Refusal {
  return { code: 'AGR_REFUSED', clause, detail: { reason } }
}

/** `today` in London; the last day is a day of the agreement. */
export function refuseEnded({ expiresOn }: Pick<Agreement, 'expiresOn'>, today: Day): Refusal | null {
  return today > expiresOn ? { code: 'AGR_EXPIRED', clause: 'expiresOn', detail: { on: expiresOn } } : null
}
