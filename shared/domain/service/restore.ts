// A database brought back from a backup: closed at once, opened again when the logs have been replayed over it. Both are the
// operator's acts, in the service's log.
import type { Decision } from './changes.ts'
import type { Replayed } from './replay.ts'

export function decideClose(): Decision<null> {
  const event = { event: 'service.restored', logs: [{ kind: 'service' }], detail: {} } as const
  return { next: null, changes: [{ kind: 'service.close' }], event, jobs: [] }
}

export interface ReplayFacts {
  readonly entries: number
  readonly replayed: Replayed
}

export function decideOpen({ entries, replayed }: ReplayFacts): Decision<ReplayFacts> {
  const detail = {
    entries,
    ended: replayed.ended.size,
    fetched: new Set(replayed.fetched.map(({ transfer }) => transfer)).size,
    wentOn: replayed.wentOn.size,
    revoked: replayed.revoked.size,
    rosters: replayed.registered.size,
  }
  return {
    next: { entries, replayed },
    changes: [{ kind: 'service.open', replayed, expired: [...replayed.registered] }],
    event: { event: 'service.replayed', logs: [{ kind: 'service' }], detail },
    jobs: [],
  }
}
