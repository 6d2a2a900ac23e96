import { describe, expect, it } from 'vitest'
import { createBackoff } from './backoff.ts'

const minutes = Array.from({ length: 15 }, (_, minute) => minute)
const at = (minute: number) => ({ epochSeconds: minute * 60, longest: 240 })

describe('backoff', () => {
  it('tries at once, then at twice the pause each time, up to the longest', () => {
    const backoff = createBackoff({ first: 60 })
    const tried = minutes.filter((minute) => {
      const due = backoff.isDue('a', minute * 60)
      if (due) backoff.tried('a', at(minute))
      return due
    })
    expect(tried).toEqual([0, 1, 3, 7, 11])
  })

  it('[operate/patience] does not lose patience over tries that could not be made', () => {
    const backoff = createBackoff({ first: 60 })
    expect(minutes.filter((minute) => backoff.isDue('a', minute * 60))).toEqual(minutes)
  })

  it('keeps things apart, and begins again with what went on in between', () => {
    const backoff = createBackoff({ first: 60 })
    for (const key of ['a', 'b']) backoff.tried(key, at(0))
    expect([backoff.isDue('a', 1), backoff.isDue('b', 1), backoff.isDue('c', 1)]).toEqual([false, false, true])
    backoff.keepOnly(new Set(['b']))
    expect([backoff.isDue('a', 2), backoff.isDue('b', 2)]).toEqual([true, false])
  })
})
