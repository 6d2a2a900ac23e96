import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, epochSeconds, instantAt, isAhead, isNear, isOver, londonDay, londonTime } from './time.ts'
import type { Instant } from './values.ts'

const seconds = fc.integer({
  min: Date.parse('1996-01-01T00:00:00Z') / 1000,
  max: Date.parse('2099-12-31T23:59:59Z') / 1000,
})
const london = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', dateStyle: 'short' })

describe('time', () => {
  it('[agreement/days] counts seconds as the platform does, there and back', () => {
    fc.assert(
      fc.property(seconds, (at) => {
        const instant = `${new Date(at * 1000).toISOString().slice(0, 19)}Z` as Instant
        expect(instantAt(at)).toBe(instant)
        expect(epochSeconds(instant)).toBe(at)
      }),
    )
  })

  it('[agreement/days] knows the day in London as the platform does', () => {
    fc.assert(
      fc.property(seconds, (at) => {
        expect(londonDay(instantAt(at))).toBe(london.format(at * 1000))
      }),
    )
  })

  it('[agreement/days] is already the next day in London just before midnight UTC in summer', () => {
    expect(londonDay('2026-06-30T23:30:00Z' as Instant)).toBe('2026-07-01')
    expect(londonDay('2026-12-31T23:30:00Z' as Instant)).toBe('2026-12-31')
    expect(londonDay('2026-03-29T00:59:59Z' as Instant)).toBe('2026-03-29')
    expect(londonDay('2026-10-24T23:00:00Z' as Instant)).toBe('2026-10-25')
    expect(londonDay('2026-10-25T23:59:59Z' as Instant)).toBe('2026-10-25')
  })

  // From, days, until; in London the clock goes forward on 29 March 2026 and back on 25 October 2026, at 01:00 UTC.
  const counted = [
    ['2028-02-28T12:00:00Z', 2, '2028-03-01T12:00:00Z', 'a leap day is a day'],
    ['2028-02-29T23:59:00Z', 1, '2028-03-01T23:59:00Z', 'from a leap day'],
    ['2028-02-29T23:59:00Z', 366, '2029-03-01T23:59:00Z', 'a year from a leap day'],
    ['2027-02-28T23:59:59Z', 1, '2027-03-01T23:59:59Z', 'no leap day'],
    ['2026-03-28T23:59:00Z', 1, '2026-03-29T22:59:00Z', 'a day of 23 hours: a minute to midnight both times'],
    ['2026-03-28T09:00:00Z', 14, '2026-04-11T08:00:00Z', 'over the change in spring'],
    ['2026-03-28T01:30:00Z', 1, '2026-03-29T01:30:00Z', '01:30 is left out: 02:30 it is'],
    ['2026-03-29T00:59:59Z', 1, '2026-03-29T23:59:59Z', 'the last second before the change'],
    ['2026-03-29T01:00:00Z', 1, '2026-03-30T01:00:00Z', 'the first after it'],
    ['2026-10-24T22:59:00Z', 1, '2026-10-25T23:59:00Z', 'a day of 25 hours: a minute to midnight both times'],
    ['2026-10-24T00:30:00Z', 1, '2026-10-25T00:30:00Z', '01:30 comes twice: the first'],
    ['2026-10-25T00:30:00Z', 1, '2026-10-26T01:30:00Z', 'from the first 01:30'],
    ['2026-10-25T01:30:00Z', 1, '2026-10-26T01:30:00Z', 'and from the second'],
    ['2026-10-20T08:00:00Z', 7, '2026-10-27T09:00:00Z', 'over the change in autumn'],
    ['2026-12-31T23:59:59Z', 1, '2027-01-01T23:59:59Z', 'a new year'],
    ['2026-06-30T23:30:00Z', 1, '2026-07-01T23:30:00Z', 'in summer'],
    ['2026-03-29T22:59:00Z', -1, '2026-03-28T23:59:00Z', 'and back'],
  ] as const
  it.each(counted)('[agreement/days] counts from %s %i days until %s: %s', (from, days, until) => {
    expect(addDays(from as Instant, days)).toBe(until)
  })

  it('[agreement/days] counts days as the calendar of the platform does', () => {
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 400 }), (at, days) => {
        const inLondon = Temporal.Instant.fromEpochMilliseconds(at * 1000).toZonedDateTimeISO('Europe/London')
        expect(addDays(instantAt(at), days)).toBe(inLondon.add({ days }).toInstant().toString())
      }),
    )
  })

  it('[agreement/days] tells the time of a clock on a wall in London', () => {
    const told = (instant: string) => londonTime(instant as Instant)
    expect(told('2026-03-29T00:59:59Z')).toBe('00:59 GMT')
    expect(told('2026-03-29T01:00:00Z')).toBe('02:00 BST')
    expect(told('2026-10-25T00:59:59Z')).toBe('01:59 BST')
    expect(told('2026-10-25T01:00:00Z')).toBe('01:00 GMT')
  })

  it('[clock/tolerance] two clocks may differ by five minutes, and no more', () => {
    const at = '2026-11-22T09:00:00Z' as Instant
    const by = (offset: number) => instantAt(epochSeconds(at) + offset)
    expect([-301, -300, 300, 301].map((offset) => isNear(by(offset), at))).toEqual([false, true, true, false])
    expect([-300, 300, 301].map((offset) => isAhead(by(offset), at))).toEqual([false, false, true])
    expect([-301, -300, -299, 300].map((offset) => isOver(by(offset), at))).toEqual([true, true, false, false])
  })
})
