// Resets that are open: an administrator sees their organisation's, everybody their own, and who is asked to confirm them
// those.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Email, Instant } from '../values.ts'
import type { Decision } from '../decision.ts'

export interface OpenReset {
  readonly id: string
  readonly email: Email
  readonly name: string
  readonly organisation: string
  /** Who opened it, by name. */
  readonly openedBy: string
  readonly opened: Instant
  readonly expires: Instant
  readonly needsSecond: boolean
  readonly confirmed: boolean
}

export function decideListResets(
  resets: readonly OpenReset[],
  caller: PersonCaller,
): Decision<{ readonly resets: readonly OpenReset[] }> {
  return {
    next: { resets },
    changes: [],
    event: { event: 'account.resets.viewed', logs: [ownLog(caller)], detail: { count: resets.length } },
    jobs: [],
  }
}
