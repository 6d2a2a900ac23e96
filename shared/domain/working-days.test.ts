// Working days against what the government publishes, day by day, and where a count begins and ends.
import { describe, expect, it } from 'vitest'
import { addDays } from './time.ts'
import type { Day, Instant } from './values.ts'
import { isWorkingDay, type Nation, nations, workingDaysBetween } from './working-days.ts'

const day = (text: string) => text as Day

/** Every Monday to Friday of a year that is no working day. */
function holidaysOf(year: number, nation: Nation): string[] {
  const days: Day[] = []
  for (let at = `${year}-01-01T12:00:00Z` as Instant; at < `${year + 1}`; at = addDays(at, 1)) {
    days.push(at.slice(0, 10) as Day)
  }
  return days.filter((one) => isWorkingDay(one, null) && !isWorkingDay(one, nation)).map((one) => one.slice(5))
}

describe('bank holidays', () => {
  it.each<[Nation, number, string]>([
    ['england-and-wales', 2026, '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28'],
    ['england-and-wales', 2027, '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28'],
    ['england-and-wales', 2028, '01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26'],
    ['scotland', 2026, '01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28'],
    ['scotland', 2027, '01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28'],
    ['scotland', 2028, '01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26'],
    ['northern-ireland', 2026, '01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28'],
    ['northern-ireland', 2027, '01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28'],
    ['northern-ireland', 2028, '01-03 03-17 04-14 04-17 05-01 05-29 07-12 08-28 12-25 12-26'],
  ])('[reminder/working-days] of %s in %i are those that are published', (nation, year, days) => {
    expect(holidaysOf(year, nation)).toEqual(days.split(' '))
  })

  it.each(nations)('[reminder/working-days] of %s are asked for no day that the table does not have', (nation) => {
    expect(isWorkingDay(day('2028-12-29'), nation)).toBe(true)
    for (const beyond of ['2025-12-31', '2029-01-01']) {
      expect(() => isWorkingDay(day(beyond), nation)).toThrow('bank holidays are known from 2026-01-01 to 2028-12-31')
    }
    expect(isWorkingDay(day('2029-01-01'), null)).toBe(true)
    expect(isWorkingDay(day('2029-01-06'), null)).toBe(false)
  })
})

describe('a count of working days', () => {
  it.each<[string, string, string, Nation | null, number]>([
    ['leaves out the first day and takes in the last', '2026-11-23', '2026-11-24', 'england-and-wales', 1],
    ['is none on one day', '2026-11-23', '2026-11-23', 'england-and-wales', 0],
    ['passes over a weekend', '2026-11-20', '2026-11-23', 'england-and-wales', 1],
    ['passes over St Andrew in Scotland', '2026-11-27', '2026-12-01', 'scotland', 1],
    ['does not in England', '2026-11-27', '2026-12-01', 'england-and-wales', 2],
    ['passes over Christmas and its substitute', '2026-12-24', '2026-12-30', 'england-and-wales', 2],
    ['by weekends alone does not', '2026-12-24', '2026-12-30', null, 4],
    ['goes over 29 February', '2028-02-28', '2028-03-01', 'northern-ireland', 2],
  ])('[reminder/working-days] %s', (_, after, until, nation, days) => {
    expect(workingDaysBetween(day(after), day(until), nation)).toBe(days)
  })
})
