// Looking at the service's own keys: anyone may, and it is logged like everything else.
import { type Caller, ownLog } from '../caller.ts'
import type { Decision } from '../decision.ts'

export function decideViewKeys<Keys>({
  caller,
  keys,
}: {
  readonly caller: Caller
  readonly keys: Keys
}): Decision<Keys> {
  return { next: keys, changes: [], event: { event: 'service.viewed', logs: [ownLog(caller)], detail: {} }, jobs: [] }
}
