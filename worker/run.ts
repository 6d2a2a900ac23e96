// The life of a worker process: start, say so, and on SIGTERM end what is under way and go.
import { setTimeout as wait } from 'node:timers/promises'

/** A job that does not end is left to the next process: every step can be repeated. */
const drainMs = 30_000

export interface Started {
  /** Where operators look, if anywhere. */
  readonly monitor?: string
  /** No more jobs, those under way ended, everything closed. */
  stop(): Promise<void>
}

export async function run(start: () => Promise<Started>): Promise<void> {
  const { stop, monitor } = await start()
  process.once('SIGTERM', async () => {
    await Promise.race([stop(), wait(drainMs)])
    process.exit(0)
  })
  process.stdout.write(`${JSON.stringify({ ready: true, monitor })}\n`)
}
