// What a person asks to send, in their own words, and what of it an agreement and its rosters do not have.
import type { Marking } from '../agreements/agreement.ts'
import type { RosteredPerson } from '../organisations/rostered.ts'

export interface RequestInWords {
  readonly flow: string
  readonly purpose: string
  readonly items: readonly string[]
  readonly marking: Marking
  /** Null: the flow's. */
  readonly handling: string | null
  readonly caseReference: string | null
  readonly records: number | null
  /** Null: as many as the flow allows. */
  readonly days: number | null
  /** E-mail addresses and names of teams. */
  readonly to: readonly string[]
}

/** With what could be meant. */
export type Unknown =
  | {
      readonly unknown: 'FLOW_UNKNOWN' | 'PURPOSE_UNKNOWN'
      readonly saw: string
      readonly known: readonly string[]
    }
  | {
      readonly unknown: 'KEY_EXPIRED'
      readonly saw: string
      /** Everybody who would have to open it. */
      readonly ended: readonly Pick<RosteredPerson, 'name' | 'email' | 'keyExpires'>[]
    }
  | {
      readonly unknown: 'RECIPIENT_UNKNOWN'
      readonly saw: string
      readonly organisation: string
      readonly known: readonly Pick<RosteredPerson, 'name' | 'email'>[]
    }
