import { describe, expect, it } from 'vitest'
import { isFlat, isTooLargeToScan } from './scannable.ts'

describe('[scan/text-windows] flat files', () => {
  it('[scan/text-windows] are text, CSV and JSON lines, by the type that the manifest gives them', () => {
    const flat = ['text/plain', 'text/csv; charset=utf-8', 'TEXT/CSV', 'application/x-ndjson', 'application/jsonl']
    expect(flat.filter((type) => !isFlat(type))).toEqual([])
    const others = ['application/zip', 'application/json', 'text/html', 'application/octet-stream', '', undefined]
    expect(others.filter(isFlat)).toEqual([])
  })
})

it('[scan/size-limit] what no scan takes is larger than 2,047 MiB, and no flat text', () => {
  const [most, more] = [2047 * 1024 * 1024, 2047 * 1024 * 1024 + 1]
  expect(isTooLargeToScan({ size: most, mediaType: 'video/mp4' })).toBe(false)
  expect(isTooLargeToScan({ size: more, mediaType: 'video/mp4' })).toBe(true)
  expect(isTooLargeToScan({ size: more, mediaType: 'text/csv' })).toBe(false)
})
