import { describe, expect, it } from 'vitest'
import { digestOfRow } from '#client/batch/plan.ts'
import type { RowDefaults } from '#client/batch/rows.ts'
import { readRows } from './rows.ts'

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
  it('[batch/rows] takes what a row leaves out from the command line, and what it says from the row', () => {
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

  it('[batch/rows] names every mistake by row, as a spreadsheet counts them, and column', () => {
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

  it('[batch/rows] counts the records of each file, as its row says or the command line', () => {
    const lines = ['file,records', 'a.csv,250', 'b.csv,', 'c.csv,0']
    expect(read(lines).rows.map(({ records }) => records)).toEqual([250, undefined, 0])
    expect(read(lines, { ...defaults, records: 7 }).rows.map(({ records }) => records)).toEqual([250, 7, 0])
    const wrong = ['many', '-1', '1.5', '1e3', '1000000000']
    expect(found(['file,records', ...wrong.map((text) => `a.csv,${text}`)])).toEqual(
      wrong.map((_, index) => [index + 2, 'records', 'RECORDS_INVALID']),
    )
  })

  it('[batch/rows] holds back the other rows of a transfer of which one cannot be read', () => {
    const lines = ['file,records,transfer', 'a.csv,1,both', 'b.csv,few,both', 'c.csv,1,other']
    expect(found(lines)).toEqual([
      [3, 'records', 'RECORDS_INVALID'],
      [2, null, 'TRANSFER_HAS_PROBLEMS'],
    ])
    expect(read(lines).rows.map(({ file }) => file)).toEqual(['c.csv'])
  })

  it('[batch/once] knows a row again by a digest that stays, so that no later release sends it twice', async () => {
    const [row] = read(['file,case-reference,id,transfer', 'a.pdf,NT-1,,']).rows
    expect(await digestOfRow(row!)).toBe('522ec73f1a0aa244512d91376ecdceab10566ebf0ce1107ab05db3085e38fb1a')
    expect(await digestOfRow({ ...row!, records: 0 })).not.toBe(await digestOfRow(row!))
  })

  it('[batch/rows] refuses columns it does not know, instead of leaving them out', () => {
    expect(found(['file,recipient', 'a.pdf,lee@police.example'])).toEqual([[1, null, 'COLUMN_UNKNOWN']])
    expect(found(['file,to,to', 'a.pdf,x,y'])).toEqual([[1, null, 'COLUMN_TWICE']])
    expect(found(['file;to', 'a.pdf;x'])).toEqual([[1, null, 'COLUMN_MISSING']])
    expect(found([''])).toEqual([[1, null, 'COLUMN_MISSING']])
  })
})
