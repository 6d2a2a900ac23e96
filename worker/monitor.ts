// Logs and measures each attempt at a job for operators: one line when it is done, and how long it took. What fails is
// told where the queue tries it again (onFailed).
import * as z from 'zod'
import { createHealth, type HealthChecks } from '#platform/health.ts'
import type { Log } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { type Monitor, startMonitor } from '#platform/monitor.ts'
import type { Processors } from '#platform/queue.ts'

const known = z.object({ correlation: z.string() })

export function measured(
  processors: Processors,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Processors {
  return Object.fromEntries(
    Object.entries(processors).map(([job, processor]) => [
      job,
      async (data, signal) => {
        const began = performance.now()
        const seconds = () => (performance.now() - began) / 1000
        try {
          await processor(data, signal)
        } catch (error) {
          metrics.job({ name: job, outcome: 'failed', seconds: seconds() })
          throw error
        }
        metrics.job({ name: job, outcome: 'done', seconds: seconds() })
        const correlation = known.safeParse(data).data?.correlation
        log.info({ job, ms: Math.round(seconds() * 1000), attempt: signal.attempt, correlation }, 'job done')
      },
    ]),
  )
}

export interface MonitorSettings {
  readonly host: string
  /** Undefined: no monitor. */
  readonly port: number | undefined
}

/** The process's own small listener, when its settings ask for one. */
export async function openMonitor(
  { host, port }: MonitorSettings,
  { metrics, checks }: { readonly metrics: Metrics; readonly checks: HealthChecks },
): Promise<Monitor | undefined> {
  return port === undefined ? undefined : startMonitor({ host, port, metrics, health: createHealth(checks) })
}
