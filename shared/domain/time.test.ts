import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, epochSeconds, instantAt, londonDay } from './time.ts'
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

  it('[agreement/days] crosses a leap day', () => {
    expect(addDays('2028-02-28T12:00:00Z' as Instant, 2)).toBe('2028-03-01T12:00:00Z')
  })
})
