// Ours and the reference in turn, in one run: what the machine does besides hits both. The first round warms up, the
// others count; medians.
import type { Usage } from './usage.ts'

export interface Run {
  readonly mibPerSecond: number
  readonly usage: Usage
}

export interface Comparison {
  readonly ours: Measured
  readonly reference: Measured
  /** ours / reference in MiB/s. */
  readonly ratio: number
}

export interface Measured {
  readonly mibPerSecond: number
  readonly cpuPerGib: number
  /** The largest of the rounds. */
  readonly peakMib: number
}

export async function compare(of: {
  readonly mib: number
  readonly rounds: number
  readonly ours: () => Promise<Usage>
  readonly reference: () => Promise<Usage>
}): Promise<Comparison> {
  const runs = { ours: [] as Run[], reference: [] as Run[] }
  for (let round = 0; round <= of.rounds; round += 1) {
    for (const who of ['reference', 'ours'] as const) {
      const start = performance.now()
      const usage = await of[who]()
      const seconds = (performance.now() - start) / 1000
      if (round > 0) runs[who].push({ mibPerSecond: of.mib / seconds, usage })
    }
  }
  const ours = summary(runs.ours, of.mib)
  const reference = summary(runs.reference, of.mib)
  return { ours, reference, ratio: ours.mibPerSecond / reference.mibPerSecond }
}

function summary(runs: readonly Run[], mib: number): Measured {
  return {
    mibPerSecond: median(runs.map((run) => run.mibPerSecond)),
    cpuPerGib: (median(runs.map(({ usage }) => usage.cpuSeconds)) / mib) * 1024,
    peakMib: Math.max(...runs.map(({ usage }) => usage.peakMib)),
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
