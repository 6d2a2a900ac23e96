// Arithmetic on instants without a clock: whole seconds since 1970 and back, and the calendar day in London.
// Days of the proleptic Gregorian calendar after H. Hinnant, "chrono-compatible low-level date algorithms".
import type { Day, Instant } from './values.ts'

const secondsPerDay = 86_400

/** Whole seconds since 1970-01-01T00:00:00Z. */
export function epochSeconds(instant: Instant): number {
  const part = (start: number, end: number) => Number(instant.slice(start, end))
  const days = daysFromCivil({ year: part(0, 4), month: part(5, 7), day: part(8, 10) })
  return days * secondsPerDay + part(11, 13) * 3600 + part(14, 16) * 60 + part(17, 19)
}

export function instantAt(seconds: number): Instant {
  const days = Math.floor(seconds / secondsPerDay)
  const rest = seconds - days * secondsPerDay
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(twoDigits).join(':')
  return `${dayAt(days)}T${time}Z` as Instant
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The date of an HTTP message (RFC 9110 5.6.7, the one form that is sent); null for anything else. */
export function instantOfHttpDate(text: string): Instant | null {
  const found = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text)
  const [, day, month = '', year, time] = found ?? []
  const number = months.indexOf(month) + 1
  return number === 0 ? null : (`${year}-${twoDigits(number)}-${day}T${time}Z` as Instant)
}

export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantAt(epochSeconds(instant) + seconds)
}

/**
 * The same time of day in London so many days later, or before: people count the days of their calendar, of which one has
 * 23 hours and one 25. Of a time that comes twice it is the first; one that is left out comes an hour later, as everywhere.
 */
export function addDays(instant: Instant, days: number): Instant {
  const onTheWall = londonSeconds(instant) + days * secondsPerDay
  const inSummer = onTheWall - summerSeconds
  return instantAt(isSummerTime(inSummer) ? inSummer : onTheWall)
}

/** Two machines' clocks may differ by so much (in seconds) where something must have been signed "now". */
export const clockSkewSeconds = 300

export function isNear(one: Instant, other: Instant): boolean {
  return Math.abs(epochSeconds(one) - epochSeconds(other)) <= clockSkewSeconds
}

/** Not yet, by any clock that is right to within that. */
export function isAhead(instant: Instant, now: Instant): boolean {
  return epochSeconds(instant) > epochSeconds(now) + clockSkewSeconds
}

/** Over, by every clock that is right to within that. */
export function isOver(end: Instant, now: Instant): boolean {
  return epochSeconds(end) + clockSkewSeconds <= epochSeconds(now)
}

/** The calendar day in Europe/London: an agreement's days are the days of the people who signed it. */
export function londonDay(instant: Instant): Day {
  return dayAt(Math.floor(londonSeconds(instant) / secondsPerDay))
}

/** What a clock on a wall in London shows, `09:05 GMT` or `09:05 BST`. */
export function londonTime(instant: Instant): string {
  const zone = isSummerTime(epochSeconds(instant)) ? 'BST' : 'GMT'
  return `${instantAt(londonSeconds(instant)).slice(11, 16)} ${zone}`
}

const summerSeconds = 3600

/** As if London were at UTC. */
function londonSeconds(instant: Instant): number {
  const seconds = epochSeconds(instant)
  return seconds + (isSummerTime(seconds) ? summerSeconds : 0)
}

/** From 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October (SI 2002/262). */
function isSummerTime(seconds: number): boolean {
  const year = Number(dayAt(Math.floor(seconds / secondsPerDay)).slice(0, 4))
  const begins = lastSunday({ year, month: 3 }) * secondsPerDay + 3600
  const ends = lastSunday({ year, month: 10 }) * secondsPerDay + 3600
  return seconds >= begins && seconds < ends
}

/** March and October both have 31 days; day 0 (1970-01-01) was a Thursday. */
function lastSunday({ year, month }: { readonly year: number; readonly month: 3 | 10 }): number {
  const last = daysFromCivil({ year, month, day: 31 })
  const weekday = (((last + 4) % 7) + 7) % 7
  return last - weekday
}

interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
}

function daysFromCivil({ year, month, day }: Civil): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function dayAt(days: number): Day {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}` as Day
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
