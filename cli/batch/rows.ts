// A list of files to send as CSV, and how many records are in each file as an option says: text in, rows out. What a row says
// is read by shared/client/batch.
import { parse } from 'csv-parse/sync'
import { readCells, type ReadRows, readRecords, type RowDefaults } from '#client/batch/rows.ts'
import { usage } from '../terminal/exit-codes.ts'

/** Throws an Error of csv-parse for text that is no CSV. */
export function readRows(text: string, defaults: RowDefaults): ReadRows {
  const cells: string[][] = parse(text, { bom: true, trim: true, relax_column_count: true, skip_empty_lines: false })
  return readCells(cells, defaults)
}

/** In each file, where many are sent. */
export function parseRecordsOfEach(text = ''): number | undefined {
  return readRecords(text, () => {
    throw usage('--records is how many records are in each file: a whole number from 0, of nine digits at most.')
  })
}
