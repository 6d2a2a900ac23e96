// What every act on a transfer has in common: whoever may not know of the transfer is told that it is not there, who may
// not do it now is refused whatever they give, and what is done has one event in the agreement's log.
import type { Rostered } from '../../policy/facts.ts'
import type { EventDetail, EventName } from '../../events.ts'
import type { PersonCaller } from '../../caller.ts'
import type { AuditEvent, Job, Refusal } from '../../decision.ts'
import type { Instant, TransferId } from '../../values.ts'
import type { Decision, TransferChange } from '../changes.ts'
import { inAgreement, refuseParty, refuseStranger } from '../entries.ts'
import type { TransferFacts } from '../transfer.ts'

export interface ActFacts {
  readonly caller: PersonCaller
  /** Undefined: there is none. */
  readonly found: TransferFacts | undefined
}

export interface ReadFacts extends ActFacts {
  /** The caller as the current roster has them. */
  readonly reader: Rostered | null
}

/** Facts about a transfer that is there. */
export type Known<Facts extends ActFacts> = Facts & { readonly found: TransferFacts }

/** `Standing`: as much of the facts as it takes to say whether somebody may. */
interface Rules<E extends EventName, Standing extends ActFacts, Facts extends Standing, Given, Next> {
  readonly event: E
  /** Everybody else gets NOT_FOUND, which only their own organisation's log learns of. */
  readonly knownTo: (standing: Known<Standing>) => boolean
  /** Why not, as things stand; null: they may. */
  readonly refuses: (standing: Known<Standing>, at: Instant) => Refusal | null
  /** What becomes of what they give. */
  readonly act: (facts: Known<Facts>, given: Given, at: Instant) => Done<E, Next> | Refusal
}

interface Done<E extends EventName, Next> {
  readonly next: Next
  readonly detail: EventDetail<E>
  readonly changes?: readonly TransferChange[]
  readonly jobs?: readonly Job[]
}

export interface TransferAct<Standing extends ActFacts, Facts extends Standing, Given, Next> {
  (facts: Facts, given: Given, at: Instant): Decision<Next>
  /** Asked without input, and without writing: what a button or a next step may be shown for. */
  readonly refuses: (standing: Standing, at: Instant) => Refusal | null
}

export function transferAct<
  E extends EventName,
  Facts extends Standing,
  Given extends { readonly transfer: TransferId },
  Next = null,
  Standing extends ActFacts = Facts,
>({ event, knownTo, refuses, act }: Rules<E, Standing, Facts, Given, Next>): TransferAct<Standing, Facts, Given, Next> {
  const decide = (facts: Facts, given: Given, at: Instant): Decision<Next> => {
    const { caller, found } = facts
    const known = isKnown(facts) && knownTo(facts) ? facts : null
    const decided = known ? (refuses(known, at) ?? act(known, given, at)) : notThere
    if ('code' in decided) {
      return found && decided.code !== 'NOT_FOUND'
        ? refuseParty({ event, transfer: found.transfer, refusal: decided })
        : refuseStranger({ event, caller, transfer: given.transfer })
    }
    const { next, detail, changes = [], jobs = [] } = decided
    return { next, changes, event: { event, ...inAgreement(known!.found.transfer), detail } as AuditEvent, jobs }
  }
  return Object.assign(decide, {
    refuses: (standing: Standing, at: Instant) =>
      isKnown(standing) && knownTo(standing) ? refuses(standing, at) : notThere,
  })
}

const notThere: Refusal = { code: 'NOT_FOUND' }

function isKnown<Facts extends ActFacts>(facts: Facts): facts is Known<Facts> {
  return facts.found !== undefined
}
