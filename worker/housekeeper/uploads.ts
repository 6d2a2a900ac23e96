// Uploads that the object store has begun and no row names: their server was killed between the two. Nobody can go on
// with them, so they are given up. What a row names ends with its transfer (transfers/destroy.ts).
import { addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { findNamedUploads } from '#store/transfers/uploads.ts'
import { type Loop, startLoop } from './loop.ts'
import type { HousekeeperAdapters } from './adapters.ts'

type Adapters = Pick<HousekeeperAdapters, 'database' | 'objects' | 'now'>

/** Gives how many were given up. The row of an upload is written right after it was begun: `afterSeconds` is generous. */
export async function sweepUploads({ database, objects, now }: Adapters, { afterSeconds }: { afterSeconds: number }) {
  const before = addSeconds(now(), -afterSeconds)
  const all = await Array.fromAsync(objects.uploadsInProgress(''))
  const old = all.filter(({ begunAt }) => (begunAt.toISOString() as Instant) < before)
  const named = await findNamedUploads(
    database,
    old.map(({ uploadId }) => uploadId),
  )
  const left = old.filter(({ uploadId }) => !named.has(uploadId))
  for (const upload of left) await objects.abort(upload)
  return left.length
}

export interface SweepOptions {
  readonly everySeconds: number
  readonly afterSeconds: number
}

export function startSweeper(
  adapters: Adapters & Pick<HousekeeperAdapters, 'connect' | 'log'>,
  { everySeconds, afterSeconds }: SweepOptions,
): Loop {
  const { connect, log } = adapters
  const run = async () => {
    const left = await sweepUploads(adapters, { afterSeconds })
    if (left > 0) log.info({ left }, 'uploads that nobody knew of were given up')
  }
  return startLoop({ name: 'sweeper', everyMilliseconds: everySeconds * 1000, connect, log, run })
}
