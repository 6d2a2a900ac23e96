// Instants as the rest of Safehand writes them (`2026-11-22T03:40:00Z`), and as openpgp.js wants them.
// Always handed on explicitly: openpgp.js takes the machine's clock when a date is left out, and no date at all for null.

/** RFC 3339, UTC, whole seconds. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/

/** Throws RangeError when `instant` is not an instant. */
export function toDate(instant: string): Date {
  const date = new Date(instant)
  if (!INSTANT.test(instant) || Number.isNaN(date.getTime())) throw new RangeError('not an instant')
  return date
}

/** Two clocks may differ by so much. */
export const CLOCK_SKEW_SECONDS = 300

/** An instant, and the latest and earliest that it can be by a clock that is right to within that. */
export function around(instant: string): readonly [string, string, string] {
  const at = toDate(instant).getTime()
  const other = (seconds: number) => fromDate(new Date(at + seconds * 1000))
  return [instant, other(CLOCK_SKEW_SECONDS), other(-CLOCK_SKEW_SECONDS)]
}

export function fromDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
