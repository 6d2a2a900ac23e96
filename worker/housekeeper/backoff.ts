// Backoff: how often something that stands still is retried, soon at first, then seldom, so that what cannot go on for
// days does not fill a log with refusals. Kept in memory only: a new process tries everything at once.

export interface Backoff {
  /** Whether it is time to try `key`. */
  isDue(key: string, epochSeconds: number): boolean
  /** It was tried: the next time is twice as far, and at most `longest` seconds. A try that could not be made counts not. */
  tried(key: string, when: { readonly epochSeconds: number; readonly longest: number }): void
  /** What is not among `keys` has gone on, and is forgotten. */
  keepOnly(keys: ReadonlySet<string>): void
}

/** `first`: the pause after the first try, in seconds. */
export function createBackoff({ first }: { readonly first: number }): Backoff {
  const tries = new Map<string, { readonly next: number; readonly pause: number }>()
  return {
    isDue: (key, epochSeconds) => epochSeconds >= (tries.get(key)?.next ?? 0),
    tried(key, { epochSeconds, longest }) {
      const pause = Math.min(tries.get(key)?.pause ?? first, longest)
      tries.set(key, { next: epochSeconds + pause, pause: pause * 2 })
    },
    keepOnly(keys) {
      for (const key of tries.keys()) if (!keys.has(key)) tries.delete(key)
    },
  }
}
