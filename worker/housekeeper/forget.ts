// Bookkeeping that is of no use to anyone any more is forgotten, so that tables do not grow for ever.
import { forgetBookkeeping } from '#store/bookkeeping.ts'
import { type Loop, startLoop } from './loop.ts'
import type { HousekeeperParts } from './parts.ts'

export function startForgetting(
  { database, connect, log }: Pick<HousekeeperParts, 'database' | 'connect' | 'log'>,
  { everySeconds }: { readonly everySeconds: number },
): Loop {
  const run = async () => {
    const forgotten = await forgetBookkeeping(database)
    if (forgotten > 0) log.info({ forgotten }, 'old bookkeeping was forgotten')
  }
  return startLoop({ name: 'forgetting', everyMilliseconds: everySeconds * 1000, connect, log, run })
}
