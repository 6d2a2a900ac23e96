// The report of a list as CSV, one line for each row: what became of it, when it was collected and by whom acknowledged.
// It is opened in spreadsheets, and names in it come from elsewhere: no cell of it begins a formula.
import { stringify } from 'csv-stringify/sync'
import { type RowState, rowStateWords } from '#words/en/batch.ts'

export interface ReportRow {
  readonly row: number
  readonly id: string | null
  readonly file: string
  readonly transfer: string | null
  readonly state: RowState
  readonly sha256: string | null
  readonly code: string | null
  readonly words: string | null
}

export function encodeReport(rows: readonly ReportRow[]): string {
  const columns = ['row', 'id', 'file', 'transfer', 'state', 'SHA-256', 'code', 'what to do'] as const
  const lines = rows.map(({ row, id, file, transfer, state, sha256, code, words }) => [
    row,
    id,
    file,
    transfer,
    rowStateWords[state],
    sha256,
    code,
    words,
  ])
  return encodeCsv(columns, lines)
}

/** With a byte order mark: else a spreadsheet reads names as something else than UTF-8. */
export function encodeCsv(columns: readonly string[], lines: readonly (readonly (string | number | null)[])[]): string {
  return `\ufeff${stringify([[...columns], ...lines.map((line) => [...line])], { escape_formulas: true, record_delimiter: 'windows' })}`
}
