// What statements and rosters have in common when they are registered: who may, from where, after which, dated how
// (ARCHITECTURE.md#current-roles). The server checks what clients check again; it may block sooner, never add.
import type { EventName } from '../events.ts'
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal, Refused } from '../decision.ts'
import type { ParsedDocument, SignedBytes } from '../document.ts'
import { addDays, isNear } from '../time.ts'
import type { Fingerprint, Instant, OrganisationId, Origin, Sha256Hex } from '../values.ts'
import type { KeyPeriod } from './statement.ts'

export interface DocumentHead {
  readonly sequence: number
  readonly hash: Sha256Hex
}

/** An organisation as the service knows it. */
export interface OrganisationHead {
  readonly id: OrganisationId
  readonly name: string
  /** Null until the first statement. */
  readonly root: Fingerprint | null
  readonly statement:
    | (DocumentHead & { readonly rosterKeys: readonly KeyPeriod[]; readonly successorRoot: Fingerprint | null })
    | null
  readonly roster: DocumentHead | null
}

/** A document as it came, with what the service found out about it. */
export interface Submitted<T> {
  readonly document: ParsedDocument<T>
  readonly hash: Sha256Hex
  readonly signed: SignedBytes
}

export interface SubmissionFacts {
  readonly caller: PersonCaller
  readonly origin: Origin
  readonly organisation: OrganisationHead
}

export interface OfOrganisation {
  readonly origin: Origin
  readonly organisation: OrganisationId
  readonly name: string
}

export function whyNotHere({ origin, organisation }: SubmissionFacts, document: OfOrganisation): string | null {
  return firstOf([
    [document.origin !== origin, 'it is from another installation'],
    [document.organisation !== organisation.id, 'it is another organisation’s'],
    [document.name !== organisation.name, 'the organisation has another name here'],
  ])
}

export interface InSequence {
  readonly sequence: number
  readonly previous: Sha256Hex | null
}

export function whyNotNext({ sequence, previous }: InSequence, last: DocumentHead | null): string | null {
  return firstOf([
    [sequence !== (last?.sequence ?? 0) + 1, `its sequence must be ${(last?.sequence ?? 0) + 1}`],
    [previous !== (last?.hash ?? null), 'it does not follow the last one'],
  ])
}

export interface Dated {
  readonly issued: Instant
  readonly expires: Instant
}

/** `days`: how long it may live. */
export function whyNotNow({ issued, expires }: Dated, { at, days }: { at: Instant; days: number }): string | null {
  return firstOf([
    [!isNear(issued, at), 'it was not issued now'],
    [expires <= at, 'it has expired'],
    [expires > addDays(issued, days), 'it lives too long'],
  ])
}

/** The first reason that holds. */
export function firstOf(reasons: readonly (readonly [boolean, string])[]): string | null {
  return reasons.find(([holds]) => holds)?.[1] ?? null
}

export function isAdministrator({ actor }: PersonCaller): boolean {
  return actor.roles.includes('organisation-administrator')
}

/** Whatever they hand in. */
export function refuseToSubmit(caller: PersonCaller): Refusal | null {
  return isAdministrator(caller) ? null : { code: 'ROLE_REQUIRED' }
}

export interface Refusing {
  readonly event: EventName
  readonly caller: PersonCaller
  readonly refusal: Refusal
}

export function refuse({ event, caller, refusal }: Refusing): Refused {
  return { refusal, event: { event, logs: [ownLog(caller)] } }
}

export function refuseDocument({ reason, ...rest }: Omit<Refusing, 'refusal'> & { readonly reason: string }): Refused {
  return refuse({ ...rest, refusal: { code: 'DOCUMENT_INVALID', detail: { reason } } })
}
