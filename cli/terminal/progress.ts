// A bar on standard error for work that takes long; nothing when nobody watches.
import { Presets, SingleBar } from 'cli-progress'
import type { Io } from './io.ts'
import type { Output } from './output.ts'

export interface Progress {
  /** Bytes done so far. */
  at(done: number): void
  stop(): void
}

const silent: Progress = { at: () => undefined, stop: () => undefined }

export function startProgress(
  { io, output }: { readonly io: Io; readonly output: Output },
  { label, total }: { readonly label: string; readonly total: number },
): Progress {
  if (!io.interactive || output.json) return silent
  const bar = new SingleBar(
    { format: `${label} {bar} {percentage}% {eta_formatted}`, stream: process.stderr, clearOnComplete: true },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return { at: (done) => bar.update(done), stop: () => bar.stop() }
}
