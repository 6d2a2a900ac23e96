import { describe, expect, it } from 'vitest'
import { encodeReport } from './report.ts'

describe('the report of a list', () => {
  it('[batch/report] begins no formula in a spreadsheet, whatever a file is called', () => {
    const names = ['=HYPERLINK("http://x","y")', '+1', '-1+cmd|x', '@SUM(A1)', '\t=1', '＝1']
    const rows = names.map((file, index) => ({
      row: index + 2,
      id: file,
      file,
      transfer: null,
      state: 'refused' as const,
      sha256: null,
      code: 'FILE_EMPTY',
      words: `${file} is empty`,
    }))
    const [head, ...lines] = encodeReport(rows).slice(1).trimEnd().split('\r\n')
    expect(head).toBe('row,id,file,transfer,state,SHA-256,code,what to do')
    expect(lines).toHaveLength(names.length)
    for (const line of lines) expect(line).toMatch(/^\d+,"?'.*,"?'.*,,"?refused.*,FILE_EMPTY,"?'/)
  })
})
