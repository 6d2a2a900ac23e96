// How often something that stands still is tried: soon at first, then seldom, so that what cannot go on for days does
// not fill a log with refusals. Kept in memory only: a new process tries everything at once.

export interface Patience {
  /** Whether it is time to try `key`; if so, the next time is twice as far. */
  isDue(key: string, epochSeconds: number): boolean
  /** What is not among `keys` has gone on, and is forgotten. */
  keepOnly(keys: ReadonlySet<string>): void
}

export function createPatience({ first, longest }: { readonly first: number; readonly longest: number }): Patience {
  const tries = new Map<string, { readonly next: number; readonly pause: number }>()
  return {
    isDue(key, epochSeconds) {
      const { next, pause } = tries.get(key) ?? { next: epochSeconds, pause: first }
      if (epochSeconds < next) return false
      tries.set(key, { next: epochSeconds + pause, pause: Math.min(pause * 2, longest) })
      return true
    },
    keepOnly(keys) {
      for (const key of tries.keys()) if (!keys.has(key)) tries.delete(key)
    },
  }
}
