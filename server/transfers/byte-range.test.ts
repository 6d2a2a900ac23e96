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
    ['bytes=99999999999999999999-', null],
    ['bytes=-0', null],
    ['bytes=0-99999999999999999999', { start: 0, end: 100 }],
    ['Bytes=10-19', { start: 10, end: 20 }],
    ['bytes= 10-19 ', { start: 10, end: 20 }],
    ['bytes=20-10', { start: 0, end: 100 }],
    ['bytes=-', { start: 0, end: 100 }],
    ['bytes=1-2,4-5', { start: 0, end: 100 }],
    ['bytes=1e3-', { start: 0, end: 100 }],
    ['octets=1-2', { start: 0, end: 100 }],
    ['', { start: 0, end: 100 }],
  ])('[collect/ranges] %s of 100 octets', (range, expected) => {
    expect(chooseRange({ range, ifRange: undefined }, of)).toEqual(expected)
  })

  it('[collect/ranges] counts only for the version that If-Range names', () => {
    expect(chooseRange({ range: 'bytes=10-', ifRange: '"x"' }, of)).toEqual({ start: 10, end: 100 })
    expect(chooseRange({ range: 'bytes=10-', ifRange: '"y"' }, of)).toEqual({ start: 0, end: 100 })
    expect(chooseRange({ range: 'bytes=10-', ifRange: 'W/"x"' }, of)).toEqual({ start: 0, end: 100 })
  })
})
