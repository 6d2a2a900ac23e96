import { describe, expect, it } from 'vitest'
import { createSettling } from './settling.ts'

const file = (name: string, looks: string | null) => ({ name, looks })

describe('a file in a watched folder', () => {
  it('[watch/settled] has settled when it looked the same for long enough, and begins anew whenever it changes', () => {
    const settled = createSettling(10)
    expect(settled([file('a', '1'), file('b', '1')], 0)).toEqual([])
    expect(settled([file('a', '1'), file('b', '2')], 9)).toEqual([])
    expect(settled([file('a', '1'), file('b', '2')], 10)).toEqual(['a'])
    expect(settled([file('a', '2'), file('b', '2')], 19)).toEqual(['b'])
    expect(settled([file('a', '2'), file('b', '2')], 29)).toEqual(['a', 'b'])
  })

  it('[watch/settled] that went and came back, or is still being written, has not settled', () => {
    const settled = createSettling(10)
    settled([file('a', '1'), file('b', null)], 0)
    expect(settled([file('b', null)], 5)).toEqual([])
    expect(settled([file('a', '1'), file('b', null)], 12)).toEqual([])
    expect(settled([file('a', '1'), file('b', null)], 22)).toEqual(['a'])
  })
})
