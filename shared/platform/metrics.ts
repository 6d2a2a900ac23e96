/**
 * What operators measure, by prom-client. Labels come from lists that the code knows - operations, refusals, jobs,
 * verdicts - and never from a request, so that nothing grows without bound and nobody is named.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Request = { operation: string; status: number; seconds: number; refusal?: string; uploaded?: number }
export type Ended = { name: string; outcome: 'done' | 'failed'; seconds: number }
export type Scanned = { verdict: string; seconds: number }
export type Measure = {
  name: string
  help: string
  /** With it, `read` gives one value for each of the label's. */
  label?: string
  read: () => Promise<number | Readonly<Record<string, number>>>
}

export type Metrics = {
  request(ended: Request): void
  job(ended: Ended): void
  scan(scanned: Scanned): void
  /** Read at each scrape; NaN when reading fails. */
  measure(measure: Measure): void
  /** Prometheus' text format, and its media type. */
  text(): Promise<string>
  readonly type: string
}

const REQUEST_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600]
const JOB_SECONDS = [0.05, 0.25, 1, 5, 30, 120, 600, 3600]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'safehand_request_duration_seconds',
    help: 'Requests, from their first byte to the end of the reply',
    labelNames: ['operation', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  })
  const refused = new Counter({
    name: 'safehand_refusals_total',
    help: 'Refusals, by code',
    labelNames: ['code'],
    registers,
  })
  const uploaded = new Counter({ name: 'safehand_uploaded_bytes_total', help: 'Durable bytes of uploads', registers })
  const jobs = new Histogram({
    name: 'safehand_job_duration_seconds',
    help: 'Jobs, one attempt each',
    labelNames: ['job', 'outcome'],
    buckets: JOB_SECONDS,
    registers,
  })
  const scans = new Histogram({
    name: 'safehand_scan_duration_seconds',
    help: 'Scans of one file, with what came of them',
    labelNames: ['verdict'],
    buckets: JOB_SECONDS,
    registers,
  })
  return {
    request({ operation, status, seconds, refusal, uploaded: bytes = 0 }) {
      requests.observe({ operation, status: `${Math.floor(status / 100)}xx` }, seconds)
      if (refusal !== undefined) refused.inc({ code: refusal })
      if (bytes > 0) uploaded.inc(bytes)
    },
    job: ({ name, outcome, seconds }) => jobs.observe({ job: name, outcome }, seconds),
    scan: ({ verdict, seconds }) => scans.observe({ verdict }, seconds),
    measure({ name, help, label, read }) {
      new Gauge({
        name,
        help,
        labelNames: label === undefined ? [] : [label],
        registers,
        async collect() {
          const value = await read().catch(() => Number.NaN)
          if (typeof value === 'number') return label === undefined ? this.set(value) : this.reset()
          for (const [one, amount] of Object.entries(value)) this.set({ [label ?? 'of']: one }, amount)
        },
      })
    },
    text: () => registry.metrics(),
    type: registry.contentType,
  }
}
