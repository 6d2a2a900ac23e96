import { describe, expect, it } from 'vitest'
import { type RowDefaults, readRows } from './rows.ts'

const defaults: RowDefaults = {
  to: ['lee@police.example'],
  purpose: 'SAFEGUARD_CHILD',
  items: ['INCIDENT_SUMMARY'],
  flow: 'council-to-police',
}
const read = (lines: readonly string[], given: RowDefaults = defaults) => readRows(lines.join('\r\n'), given)
const found = (lines: readonly string[], given?: RowDefaults) =>
  read(lines, given).problems.map(({ row, column, code }) => [row, column, code])

describe('a list of transfers', () => {
  it('[whole 1] takes what a row leaves out from the command line, and what it says from the row', () => {
    const { rows, problems } = read([
      '\ufefffile,Case Reference,to,items,marking,handling,days,id',
      'a.pdf,NT-1,,,,,,',
      '"b, c.pdf",NT-2,hub@police.example; Safeguarding hub,CCTV_FOOTAGE;CONTACT_DETAILS,official-sensitive,Do not pass on,7,17',
    ])
    expect(problems).toEqual([])
    expect(rows[0]).toEqual({
      row: 2,
      id: null,
      transfer: null,
      file: 'a.pdf',
      asked: { ...defaults, 'case-reference': 'NT-1', marking: 'OFFICIAL', handling: null, days: null },
    })
    expect(rows[1]).toMatchObject({
      row: 3,
      id: '17',
      file: 'b, c.pdf',
      asked: {
        to: ['hub@police.example', 'Safeguarding hub'],
        items: ['CCTV_FOOTAGE', 'CONTACT_DETAILS'],
        marking: 'OFFICIAL-SENSITIVE',
        handling: 'Do not pass on',
        days: 7,
      },
    })
  })

  it('[whole 1] names every mistake by row, as a spreadsheet counts them, and column', () => {
    const lines = [
      'file,to,days,marking,case-reference,purpose',
      'a.pdf,,soon,TOP,,',
      '',
      `,,0,,${'x'.repeat(121)},`,
      'b.pdf,,,,,,one too many',
    ]
    expect(found(lines, { ...defaults, purpose: undefined as never })).toEqual([
      [2, 'purpose', 'VALUE_MISSING'],
      [2, 'marking', 'MARKING_UNKNOWN'],
      [2, 'days', 'DAYS_INVALID'],
      [4, 'case-reference', 'TEXT_INVALID'],
      [4, 'purpose', 'VALUE_MISSING'],
      [4, 'days', 'DAYS_INVALID'],
      [4, 'file', 'FILE_UNNAMED'],
      [5, null, 'ROW_TOO_LONG'],
      [5, 'purpose', 'VALUE_MISSING'],
    ])
  })

  it('[whole 1] refuses columns it does not know, instead of leaving them out', () => {
    expect(found(['file,recipient', 'a.pdf,lee@police.example'])).toEqual([[1, null, 'COLUMN_UNKNOWN']])
    expect(found(['file,to,to', 'a.pdf,x,y'])).toEqual([[1, null, 'COLUMN_TWICE']])
    expect(found(['file;to', 'a.pdf;x'])).toEqual([[1, null, 'COLUMN_MISSING']])
    expect(found([''])).toEqual([[1, null, 'COLUMN_MISSING']])
  })
})
