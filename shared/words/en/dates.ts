// Days and times in words, always UTC.
import type { Day, Instant } from '#domain/values.ts'

const months = ['January', 'February', 'March', 'April', 'May', 'June'].concat([
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
])

/** `6 December 2026, 09:00 UTC`. */
export function dateInWords(instant: Instant): string {
  return `${dayInWords(instant)}, ${instant.slice(11, 16)} UTC`
}

/** `6 December 2026`. */
export function dayInWords(of: Day | Instant): string {
  const [year, month, day] = of.slice(0, 10).split('-')
  return `${Number(day)} ${months[Number(month) - 1]} ${year}`
}
