// Days and times in words, as the clock on a wall in London shows them: what is counted in its days is said in them.
import { londonDay, londonTime } from '#domain/time.ts'
import type { Day, Instant } from '#domain/values.ts'

const months = ['January', 'February', 'March', 'April', 'May', 'June'].concat([
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
])

/** `6 December 2026, 09:00 GMT`. */
export function dateInWords(instant: Instant): string {
  return `${dayInWords(londonDay(instant))}, ${londonTime(instant)}`
}

/** `6 December 2026`. */
export function dayInWords(of: Day): string {
  const [year, month, day] = of.split('-')
  return `${Number(day)} ${months[Number(month) - 1]} ${year}`
}
