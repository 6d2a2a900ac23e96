import { describe, expect, it } from 'vitest'
import { chooseRange } from './byte-range.ts'

const of = { length: 100, etag: '"x"' }

describe('a byte range', () => {
  it.each([
    [undefined, { start: 0, end: 100 }],
    ['bytes=0-', { start: 0, end: 100 }],
    ['bytes=10-19', { start: 10, end: 20 }],
    ['bytes=90-500', { start: 90, end: 100 }],
    ['bytes=-10', { start: 90, end: 100 }],
    ['bytes=-500', { start: 0, end: 100 }],
    ['bytes=100-', null],
    ['bytes=20-10', null],
    ['bytes=-0', null],
    ['bytes=-', null],
    ['bytes=1-2,4-5', null],
    ['bytes=1e3-', null],
    ['octets=1-2', null],
  ])('[collect/ranges] %s of 100 octets', (range, expected) => {
    expect(chooseRange({ range, ifRange: undefined }, of)).toEqual(expected)
  })

  it('[collect/ranges] counts only for the version that If-Range names', () => {
    expect(chooseRange({ range: 'bytes=10-', ifRange: '"x"' }, of)).toEqual({ start: 10, end: 100 })
    expect(chooseRange({ range: 'bytes=10-', ifRange: '"y"' }, of)).toEqual({ start: 0, end: 100 })
    expect(chooseRange({ range: 'bytes=10-', ifRange: 'W/"x"' }, of)).toEqual({ start: 0, end: 100 })
  })
})
