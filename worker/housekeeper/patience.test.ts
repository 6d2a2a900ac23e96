import { describe, expect, it } from 'vitest'
import { createPatience } from './patience.ts'

describe('patience', () => {
  it('tries at once, then at twice the pause each time, up to the longest', () => {
    const patience = createPatience({ first: 60, longest: 240 })
    const tried = Array.from({ length: 15 }, (_, minute) => minute).filter((minute) => patience.isDue('a', minute * 60))
    expect(tried).toEqual([0, 1, 3, 7, 11])
  })

  it('keeps things apart, and begins again with what went on in between', () => {
    const patience = createPatience({ first: 60, longest: 240 })
    expect([patience.isDue('a', 0), patience.isDue('b', 0), patience.isDue('a', 1)]).toEqual([true, true, false])
    patience.keepOnly(new Set(['b']))
    expect([patience.isDue('a', 2), patience.isDue('b', 2)]).toEqual([true, false])
  })
})
