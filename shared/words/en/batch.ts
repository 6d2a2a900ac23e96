// What a list of transfers (`safehand send --batch`) and a watched folder say of one row or file: what is wrong, and what
// to do about it. What the agreement does not have is said by unknown.ts, what it or the service refuses by refusals.ts.
import { leftAlone, otherSpelling } from './files.ts'
import { tooBigToScanWords } from './transfers.ts'

/** What was found there, by name. */
type Said = Readonly<Record<string, string>>

export const rowWords = {
  COLUMN_UNKNOWN: ({ saw, columns }: Said) => `There is no column “${saw}”. The columns are: ${columns}.`,
  COLUMN_TWICE: ({ saw }: Said) => `The column “${saw}” stands there twice. Keep one of them.`,
  COLUMN_MISSING: ({ columns }: Said) =>
    `The first line must name the columns, “file” among them. The columns are: ${columns}. They are separated by commas.`,
  ROW_TOO_LONG: ({ cells, columns }: Said) =>
    `The row has ${cells} cells, and the first line names ${columns} columns. Put a cell that holds a comma in double quotes.`,
  VALUE_MISSING: ({ column, option }: Said) =>
    `“${column}” is empty. Fill it in, or give ${option} for all rows that leave it out.`,
  FILE_UNNAMED: () => '“file” is empty. Name the file, by its path from the folder of the list.',
  TEXT_INVALID: ({ column, most }: Said) =>
    `“${column}” must be one line of at most ${most} characters. Shorten it, and take out line breaks.`,
  MARKING_UNKNOWN: ({ saw, markings }: Said) => `There is no marking “${saw}”. There are: ${markings}.`,
  DAYS_INVALID: ({ saw }: Said) => `“${saw}” is no number of days. Write a whole number from 1, or leave it out.`,
  RECORDS_INVALID: ({ saw }: Said) =>
    `“${saw}” is no number of records. Write a whole number from 0, in digits alone and of nine at most.`,
  RECORDS_MISSING: ({ row }: Said) =>
    row === undefined
      ? 'The agreement asks how many records are sent, and “records” is empty. Write how many are in this file, or give --records for all rows that leave it out.'
      : `“records” is empty, and row ${row} of the same transfer says how many. Write how many are in this file: they are added up.`,
  FILE_MISSING: ({ file, other }: Said) =>
    `${file} is not there. ${other === undefined ? 'Check the name, or take the row out.' : otherSpelling(other)}`,
  FILE_HIDDEN: ({ file }: Said) => leftAlone(file ?? '', 'hidden'),
  FILE_OF_SYSTEM: ({ file }: Said) => leftAlone(file ?? '', 'systems'),
  FILE_TEMPORARY: ({ file }: Said) => leftAlone(file ?? '', 'temporary'),
  FILE_UNREADABLE: ({ file }: Said) => `${file} cannot be read. Ask for the right to read it, then run this again.`,
  FILE_NOT_PLAIN: ({ file }: Said) => `${file} is no file: a folder, a link or something else. Name the file itself.`,
  FILE_EMPTY: ({ file }: Said) => `${file} is empty. Find out why, or leave it out.`,
  FILE_TOO_BIG_TO_SCAN: ({ file }: Said) => tooBigToScanWords(file ?? ''),
  FILE_OUTSIDE: ({ file, folder }: Said) =>
    `${file} is not below ${folder}. Move it there, or say with --files which folder the files are in.`,
  FILE_CHANGED: ({ file }: Said) => `${file} changed while it was read. Nothing was handed over; run this again.`,
  IDENTIFIER_IN_ROW: ({ column, identifier }: Said) =>
    `“${column}” looks like it contains a ${identifier}. It is not encrypted: use a reference that names nobody.`,
  ID_TWICE: ({ saw, row }: Said) => `The id “${saw}” stands in row ${row} too. Give each row an id of its own.`,
  ROW_TWICE: ({ row }: Said) =>
    `This is the same as row ${row}: the same file, to the same people, for the same case. Take one of them out; if both are meant, give each an “id” of its own.`,
  TRANSFER_DIFFERS: ({ column, row, transfer }: Said) =>
    `“${column}” differs from row ${row}, and both rows are of the transfer “${transfer}”. Write the same in both, or name another transfer.`,
  TRANSFER_HAS_PROBLEMS: ({ row, transfer }: Said) =>
    `Row ${row} of the same transfer “${transfer}” is wrong. Put that one right, or take it out of the transfer.`,
  ROW_CHANGED: ({ name, transfer }: Said) =>
    `“${name}” was sent already, as transfer ${transfer}, with other contents. To send this as well, give it another name.`,
  SENT_ELSEWHERE: () =>
    'This was begun before, by a list that this computer does not remember. See: safehand sent. If it is to be sent again, give the row an “id” it did not have.',
  GIVEN_UP: ({ transfer }: Said) =>
    `Transfer ${transfer} was recalled, rejected or given up. To send it again, give the row another “id”. See: safehand status ${transfer}`,
} as const
export type RowProblemCode = keyof typeof rowWords

export function describeRow(code: RowProblemCode, said: Said = {}): string {
  return rowWords[code](said)
}

/** Of a row, in the report. */
export const rowStateWords = {
  sent: 'sent',
  'sent-before': 'sent by an earlier run',
  refused: 'refused: nothing was handed over',
  invalid: 'not sent: the row must be put right',
  'not-sent': 'not sent yet: run this again',
} as const
export type RowState = keyof typeof rowStateWords

export function busyWords(seconds: number): string {
  return `The service is busy or away: trying again in ${seconds} seconds.`
}

export const readyForScanWords = 'Waiting until the service is ready to check the files for viruses.'
