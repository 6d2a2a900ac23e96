/** The one place where a process asks for the time; everything pure gets it as an argument. Each main.ts makes one. */

export type Clock = {
  /** RFC 3339, UTC, whole seconds (cut, not rounded): `2026-11-22T03:40:00Z`. */
  now(): string
  epochMs(): number
}

export const systemClock: Clock = {
  now: () => instantOf(Date.now()),
  epochMs: () => Date.now(),
}

/** An instant in the text form of every document. */
export const instantOf = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`
