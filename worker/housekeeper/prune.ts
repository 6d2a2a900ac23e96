// Prunes bookkeeping that is of no use to anyone any more, so that tables do not grow for ever.
import { prune } from '#store/prune.ts'
import { type Loop, startLoop } from './loop.ts'
import type { HousekeeperAdapters } from './adapters.ts'

export function startPruning(
  { database, connect, log }: Pick<HousekeeperAdapters, 'database' | 'connect' | 'log'>,
  { everySeconds }: { readonly everySeconds: number },
): Loop {
  const run = async () => {
    const pruned = await prune(database)
    if (pruned > 0) log.info({ pruned }, 'old bookkeeping was pruned')
  }
  return startLoop({ name: 'prune', everyMilliseconds: everySeconds * 1000, connect, log, run })
}
