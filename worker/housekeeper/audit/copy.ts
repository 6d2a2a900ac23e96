// Carries every log to the copy that is kept elsewhere, a second behind at most, piece by piece from one signed checkpoint
// to the next. A copy that is ahead of the database says that the database was restored: then nothing may go on.
import type { Log } from '#platform/log.ts'
import type { LogCopy } from '#platform/log-copy.ts'
import { loadEntries, loadHeads, loadNextCheckpoint } from '#store/audit.ts'
import type { Database, OpenDatabase } from '#store/database.ts'
import { markClosed } from '#store/restore.ts'
import { type Loop, startLoop } from '../loop.ts'
import { flushLimit } from './sequencer.ts'

export async function copyLogs(database: Database, copy: LogCopy): Promise<void> {
  for (const { log, size } of await loadHeads(database)) {
    for (;;) {
      const from = await copy.sizeOf(log)
      if (from >= size) break
      const next = await loadNextCheckpoint(database, log, { after: from, upTo: from + flushLimit })
      if (!next) throw new RangeError(`${log}: no checkpoint follows ${from}`)
      const entries = await loadEntries(database, log, { from, to: next.size })
      await copy.add({ log, from, entries, ...next })
    }
  }
}

/** Closes the database when the copy has more of any log: it is older than the service, whoever restored it and how. */
export async function requireNewest(database: Database, copy: LogCopy): Promise<void> {
  const heads = new Map((await loadHeads(database)).map(({ log, size }) => [log, size]))
  for (const log of await copy.logs()) {
    if ((await copy.sizeOf(log)) > (heads.get(log) ?? 0)) return markClosed(database)
  }
}

export interface CopyOptions extends Pick<OpenDatabase, 'database' | 'connect'> {
  readonly copy: LogCopy
  readonly log: Log
}

export function startLogCopy({ database, connect, copy, log }: CopyOptions): Loop {
  return startLoop({ name: 'log-copy', everyMilliseconds: 1000, connect, log, run: () => copyLogs(database, copy) })
}
