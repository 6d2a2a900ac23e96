import { describe, expect, it } from 'vitest'
import { createPatience } from './patience.ts'

const minutes = Array.from({ length: 15 }, (_, minute) => minute)
const at = (minute: number) => ({ epochSeconds: minute * 60, longest: 240 })

describe('patience', () => {
  it('tries at once, then at twice the pause each time, up to the longest', () => {
    const patience = createPatience({ first: 60 })
    const tried = minutes.filter((minute) => {
      const due = patience.isDue('a', minute * 60)
      if (due) patience.tried('a', at(minute))
      return due
    })
    expect(tried).toEqual([0, 1, 3, 7, 11])
  })

  it('[operate/patience] does not lose patience over tries that could not be made', () => {
    const patience = createPatience({ first: 60 })
    expect(minutes.filter((minute) => patience.isDue('a', minute * 60))).toEqual(minutes)
  })

  it('keeps things apart, and begins again with what went on in between', () => {
    const patience = createPatience({ first: 60 })
    for (const key of ['a', 'b']) patience.tried(key, at(0))
    expect([patience.isDue('a', 1), patience.isDue('b', 1), patience.isDue('c', 1)]).toEqual([false, false, true])
    patience.keepOnly(new Set(['b']))
    expect([patience.isDue('a', 2), patience.isDue('b', 2)]).toEqual([true, false])
  })
})
