// A decision is a value (ARCHITECTURE.md#decision): a pure function takes facts and says what happens, or why not.
// store/commit.ts writes it whole - changes, audit entries, outbox - in one transaction. There is no other way to
// write.
import type { AgreementReference, TransferId } from './values.ts'
import type { LogReference, EventDetail, EventName } from './events.ts'
import type { RefusalCode } from './refusals.ts'

/** One thing that happened, to be written into each log it belongs to. */
export type AuditEvent = {
  [E in EventName]: {
    readonly event: E
    readonly logs: readonly LogReference[]
    readonly agreement?: AgreementReference
    readonly transfer?: TransferId
    readonly detail: EventDetail<E>
  }
}[EventName]

/** Why not: a code of the catalogue, the agreement's clause it rests on, and what the words need to be said well. */
export interface Refusal {
  readonly code: RefusalCode
  readonly clause?: string
  readonly detail?: Readonly<Record<string, string | number>>
}

/** Background work that follows; ids only, delivered by the outbox relay. Payloads: contract/jobs.ts. */
export interface Job {
  readonly name: JobName
  readonly data: Readonly<Record<string, string>>
}

export const jobNames = [
  'make-scan-certificate',
  'scan-transfer',
  'destroy-scan-key',
  'release-transfer',
  'abandon-transfer',
  'expire-transfer',
  'destroy-transfer',
  'remind-transfer',
  'activate-agreement',
  'send-mail',
  'send-account-mail',
] as const
export type JobName = (typeof jobNames)[number]

/** What a noun has its store write: its `changes.ts` lists the kinds. */
export interface Change {
  readonly kind: string
}

export interface Act<Next, C extends Change> {
  /** What the caller is told: JSON, stored with the idempotency key, so it never holds a secret. */
  readonly next: Next
  readonly changes: readonly C[]
  readonly event: AuditEvent
  readonly jobs: readonly Job[]
}

/** The act that was refused; its detail may be incomplete. */
export interface RefusedEvent {
  readonly event: EventName
  readonly logs: readonly LogReference[]
  readonly agreement?: AgreementReference
  readonly transfer?: TransferId
  readonly detail?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>
}

export interface Refused<C extends Change = never> {
  readonly refusal: Refusal
  readonly event: RefusedEvent
  /** What even a refusal leaves behind: a try that counts. Never a right. */
  readonly changes?: readonly C[]
}

/** `C`: what it may change; nothing, where nothing is said. */
export type Decision<Next, C extends Change = never> = Act<Next, C> | Refused<C>
