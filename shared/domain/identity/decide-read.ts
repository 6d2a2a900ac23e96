// One's own account, looked at.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'

export function decideShowAccount<View>(view: View, caller: PersonCaller): Decision<View> {
  return {
    next: view,
    changes: [],
    event: { event: 'account.viewed', logs: [ownLog(caller)], detail: {} },
    jobs: [],
  }
}
