import { expect, it } from 'vitest'
import { addSeconds, instantOfHttpDate } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { clockWords } from './clock.ts'

const service = '2026-06-22T09:00:00Z' as Instant
const off = (seconds: number) => clockWords({ own: addSeconds(service, seconds), service }, 'no')

it.each([
  [-300, null],
  [300, null],
  [-301, 'about five minutes slow'],
  [360, 'about six minutes fast'],
  [-7200, 'about two hours slow'],
  [5400, 'about two hours fast'],
  [3600, 'about one hour fast'],
  [-20 * 60, 'about 20 minutes slow'],
  [86_400, 'about one day fast'],
  [-366 * 86_400, 'about 366 days slow'],
])('[clock/named] %i seconds are told as %s', (seconds, told) => {
  const words = off(seconds)
  if (told === null) expect(words).toBeNull()
  else expect(words).toContain(`Your computer’s clock is ${told}: it says `)
})

it('[clock/named] what was refused is said after it, with both times as London tells them', () => {
  expect(off(-7200)).toBe(
    [
      'Your computer’s clock is about two hours slow: it says 22 June 2026, 08:00 BST, and the service says 22 June 2026, 10:00 BST.',
      'By a wrong clock nothing can be checked. Set it right and try again.',
      'If your clock is right: no',
    ].join('\n'),
  )
})

it('[clock/named] the date of a reply is read in its one form', () => {
  expect(instantOfHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe('1994-11-06T08:49:37Z')
  for (const text of ['', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun, 06 Abc 1994 08:49:37 GMT', '1994-11-06T08:49:37Z']) {
    expect(instantOfHttpDate(text)).toBeNull()
  }
})
