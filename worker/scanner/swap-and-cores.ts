// Looks for the two ways in which memory reaches a disk behind everyone's back: swap and core dumps
// (ARCHITECTURE.md#scan). Linux only.
import { readFile } from 'node:fs/promises'

/** Each way that is open, in words; none: plaintext in memory stays in memory. */
export async function waysToDisk(): Promise<string[]> {
  const [swaps, limits] = await Promise.all([readFile('/proc/swaps', 'utf8'), readFile('/proc/self/limits', 'utf8')])
  return [
    ...(hasSwap(swaps) ? ['swap is on: memory may be written to a disk'] : []),
    ...(mayDumpCore(limits) ? ['core dumps are on: a crash may write memory to a disk (ulimit -c 0)'] : []),
  ]
}

/** `swaps`: /proc/swaps, a heading and one line for each. */
export function hasSwap(swaps: string): boolean {
  return swaps.trim().split('\n').length > 1
}

/** `limits`: /proc/self/limits. */
export function mayDumpCore(limits: string): boolean {
  return !/^Max core file size\s+0\s/m.test(limits)
}
