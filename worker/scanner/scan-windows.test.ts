import { describe, expect, it } from 'vitest'
import { isFlat } from './scan-windows.ts'

describe('[openpgp 10] flat files', () => {
  it('[openpgp 10] are text, CSV and JSON lines, by the type that the manifest gives them', () => {
    const flat = ['text/plain', 'text/csv; charset=utf-8', 'TEXT/CSV', 'application/x-ndjson', 'application/jsonl']
    expect(flat.filter((type) => !isFlat(type))).toEqual([])
    const others = ['application/zip', 'application/json', 'text/html', 'application/octet-stream', '', undefined]
    expect(others.filter(isFlat)).toEqual([])
  })
})
