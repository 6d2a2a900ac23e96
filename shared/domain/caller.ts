// Who acts: what every entry says of its actor, and what decisions may ask of them.
import type { LogReference } from './events.ts'
import type { Role } from './roles.ts'
import type { AccountId, CorrelationId, OrganisationId } from './values.ts'

export interface Person {
  readonly kind: 'person'
  readonly account: AccountId
  readonly organisation: OrganisationId
  /** From the current signed roster; an organisation's invited first administrator until its first roster. */
  readonly roles: readonly Role[]
}

/** A process of the service acting on its own: what follows from a person's act is a job. */
export interface Process {
  readonly kind: 'service'
  readonly name: 'server' | 'scanner' | 'housekeeper'
}

/** The operator at the machine itself, by a script. */
export interface Operator {
  readonly kind: 'operator'
}

/** Nobody has signed in. */
export interface Unknown {
  readonly kind: 'unknown'
}

export interface Caller {
  readonly actor: Person | Process | Operator | Unknown
  readonly client: 'web' | 'api' | 'cli' | 'scanner' | 'housekeeper' | 'operator'
  /** The session's or token's id, never its secret; null when there is none. */
  readonly session: string | null
  readonly address: string | null
  readonly correlation: CorrelationId
}

export interface PersonCaller extends Caller {
  readonly actor: Person
}

/** The log for acts that belong to no agreement: the caller's organisation's, or the service's for unknown callers. */
export function ownLog({ actor }: Caller): LogReference {
  return actor.kind === 'person' ? { kind: 'organisation', id: actor.organisation } : { kind: 'service' }
}
