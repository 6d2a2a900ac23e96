// Working days of the recipient's nation: Monday to Friday and no bank holiday, by the calendar in Europe/London. The
// table is what the government publishes (https://www.gov.uk/bank-holidays) with the proclaimed changes up to 2026-11-22;
// a day outside its years is refused, so that nobody counts wrongly without knowing (ARCHITECTURE.md#reminders).
import { addDays, epochSeconds } from './time.ts'
import type { Day, Instant } from './values.ts'

export const nations = ['england-and-wales', 'scotland', 'northern-ireland'] as const
export type Nation = (typeof nations)[number]

/** The years that the table has. Whoever makes it longer adds every nation's days, substitutes included. */
export const bankHolidaysFrom = '2026-01-01' as Day
export const bankHolidaysUntil = '2028-12-31' as Day

/** Months and days; where a day falls on a weekend, its substitute. */
const everywhere = {
  2026: '01-01 04-03 05-04 05-25 12-25 12-28',
  2027: '01-01 03-26 05-03 05-31 12-27 12-28',
  2028: '01-03 04-14 05-01 05-29 12-25 12-26',
} as const

type Table = Readonly<Record<keyof typeof everywhere, string>>

const besides: Readonly<Record<Nation, Table>> = {
  // Easter Monday, and the end of August.
  'england-and-wales': { 2026: '04-06 08-31', 2027: '03-29 08-30', 2028: '04-17 08-28' },
  // 2 January, the beginning of August, St Andrew; and in 2026 the men's World Cup (proclaimed for 15 June).
  scotland: {
    2026: '01-02 06-15 08-03 11-30',
    2027: '01-04 08-02 11-30',
    2028: '01-04 08-07 11-30',
  },
  // As England, and St Patrick and the Battle of the Boyne.
  'northern-ireland': {
    2026: '03-17 04-06 07-13 08-31',
    2027: '03-17 03-29 07-12 08-30',
    2028: '03-17 04-17 07-12 08-28',
  },
}

const holidays: ReadonlyMap<Nation, ReadonlySet<string>> = new Map(
  nations.map((nation) => [nation, new Set([...daysOf(everywhere), ...daysOf(besides[nation])])]),
)

function daysOf(table: Table): readonly string[] {
  return Object.entries(table).flatMap(([year, days]) => days.split(' ').map((one) => `${year}-${one}`))
}

export function hasBankHolidays(day: Day): boolean {
  return bankHolidaysFrom <= day && day <= bankHolidaysUntil
}

/** Null: weekends alone are counted. Throws a RangeError for a day outside the table's years. */
export function isWorkingDay(day: Day, nation: Nation | null): boolean {
  if (nation !== null && !hasBankHolidays(day)) {
    throw new RangeError(`bank holidays are known from ${bankHolidaysFrom} to ${bankHolidaysUntil}, and ${day} is not`)
  }
  if (isWeekend(day)) return false
  return nation === null || !holidays.get(nation)?.has(day)
}

/** Working days after a day, up to and with another. */
export function workingDaysBetween(after: Day, until: Day, nation: Nation | null): number {
  let working = 0
  for (let day = nextDay(after); day <= until; day = nextDay(day)) {
    if (isWorkingDay(day, nation)) working += 1
  }
  return working
}

const noonOf = (day: Day) => `${day}T12:00:00Z` as Instant

function nextDay(day: Day): Day {
  return addDays(noonOf(day), 1).slice(0, 10) as Day
}

/** 1 January 1970 was a Thursday. */
function isWeekend(day: Day): boolean {
  const weekday = (Math.floor(epochSeconds(noonOf(day)) / 86_400) + 4) % 7
  return weekday === 0 || weekday === 6
}
