// A list of files to send: one row is one file. Rows that name the same `transfer` go together as one; any other row is a
// transfer of its own. What a row leaves out, whoever asks says for all of them. Cells in, rows and everything that is wrong
// with them out. The list is the sender's own: what it says counts, once agreement and rosters agree.
import { type Marking, marking, markings } from '#domain/agreements/agreement.ts'
import type { RequestInWords } from '#domain/transfers/request-in-words.ts'
import { line } from '#domain/values.ts'
import { describeRow, type RowProblemCode } from '#words/en/batch.ts'

export const columns = [
  'file',
  'to',
  'case-reference',
  'purpose',
  'items',
  'marking',
  'handling',
  'flow',
  'days',
  'records',
  'id',
  'transfer',
] as const
export type Column = (typeof columns)[number]

/** `row` counts as a spreadsheet does: the line with the columns' names is row 1. No column: the row as a whole. */
export interface RowProblem {
  readonly row: number
  readonly column: Column | null
  /** A RowProblemCode, what is unknown, or a refusal's code. */
  readonly code: string
  readonly words: string
}

/** What is asked for one transfer, by the names of the columns: nothing is looked up yet. */
export interface AskedInWords extends Omit<RequestInWords, 'caseReference' | 'records'> {
  readonly 'case-reference': string | null
}

export interface BatchRow {
  readonly row: number
  readonly id: string | null
  readonly transfer: string | null
  readonly file: string
  readonly asked: AskedInWords
  /** In this file; absent where nobody says, as in rows that were sent before there was such a column. */
  readonly records?: number
}

/** For the cells that are left out. */
export type RowDefaults = Partial<AskedInWords> & Pick<BatchRow, 'records'>

export interface ReadRows {
  readonly rows: readonly BatchRow[]
  readonly problems: readonly RowProblem[]
}

/** Of cells without spaces around them; the first line names the columns. */
export function readCells([head = [], ...lines]: readonly (readonly string[])[], defaults: RowDefaults): ReadRows {
  const named = readHead(head)
  if (named.problems.length > 0) return { rows: [], problems: named.problems }
  const read = lines.flatMap((cells, index) =>
    cells.every((cell) => cell === '') ? [] : [readRow({ row: index + 2, cells, named: named.columns, defaults })],
  )
  const unread = read.flatMap((one) => one.problems)
  const all = read.map((one) => one.row)
  const problems = [...unread, ...heldBack(all, unread)]
  const wrong = new Set(problems.map(({ row }) => row))
  return { rows: read.flatMap(({ row }) => (wrong.has(row.row) ? [] : [row])), problems }
}

/** The other rows of a transfer of which one is wrong: half of it is not sent. */
export function heldBack(
  rows: readonly Pick<BatchRow, 'row' | 'transfer'>[],
  problems: readonly Pick<RowProblem, 'row'>[],
): readonly RowProblem[] {
  const wrong = new Set(problems.map(({ row }) => row))
  const broken = Map.groupBy(
    rows.filter(({ row }) => wrong.has(row)),
    ({ transfer }) => transfer,
  )
  return rows.flatMap(({ row, transfer }) => {
    const [first] = transfer === null || wrong.has(row) ? [] : (broken.get(transfer) ?? [])
    if (first === undefined) return []
    const said = { row: String(first.row), transfer: transfer ?? '' }
    return [problemOf({ row, column: null, code: 'TRANSFER_HAS_PROBLEMS', said })]
  })
}

interface RowRead {
  readonly row: BatchRow
  readonly problems: readonly RowProblem[]
}

function readHead(head: readonly string[]): { columns: readonly Column[]; problems: readonly RowProblem[] } {
  const known = columns.join(', ')
  const names = head.map((cell) => cell.toLowerCase().replaceAll(/[\s_]+/g, '-'))
  const problem = (code: RowProblemCode, saw: string) =>
    problemOf({ row: 1, column: null, code, said: { saw, columns: known } })
  if (!names.includes('file')) return { columns: [], problems: [problem('COLUMN_MISSING', '')] }
  const unknown = names.filter((name) => !(columns as readonly string[]).includes(name))
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  return {
    columns: names as Column[],
    problems: [
      ...unknown.map((name) => problem('COLUMN_UNKNOWN', name)),
      ...[...new Set(twice)].map((name) => problem('COLUMN_TWICE', name)),
    ],
  }
}

interface RowToRead {
  readonly row: number
  readonly cells: readonly string[]
  readonly named: readonly Column[]
  readonly defaults: RowDefaults
}

function readRow({ row, cells, named, defaults }: RowToRead): RowRead {
  const problems: RowProblem[] = []
  const report = (column: Column | null, code: RowProblemCode, said: Readonly<Record<string, string>> = {}) => {
    problems.push(problemOf({ row, column, code, said: { column: column ?? '', ...said } }))
  }
  if (cells.length > named.length) {
    report(null, 'ROW_TOO_LONG', { cells: String(cells.length), columns: String(named.length) })
  }
  const cell = (column: Column) => cells[named.indexOf(column)] ?? ''
  const text = (column: Column, most: number): string | null => {
    const value = cell(column)
    if (value === '') return null
    if (!line(most).safeParse(value).success) report(column, 'TEXT_INVALID', { most: String(most) })
    return value
  }
  const needed = <T>(column: keyof typeof optionOf, value: T | null | undefined): T | '' => {
    if (value !== null && value !== undefined) return value
    report(column, 'VALUE_MISSING', { option: optionOf[column] })
    return ''
  }
  const records =
    readRecords(cell('records'), (saw) => report('records', 'RECORDS_INVALID', { saw })) ?? defaults.records
  const read: BatchRow = {
    row,
    id: text('id', 100),
    transfer: text('transfer', 100),
    file: cell('file'),
    asked: {
      to: [...needed('to', listOf(cell('to')) ?? defaults.to)],
      'case-reference': text('case-reference', 120) ?? defaults['case-reference'] ?? null,
      purpose: needed('purpose', text('purpose', 60) ?? defaults.purpose),
      items: [...needed('items', listOf(cell('items')) ?? defaults.items)],
      marking:
        readMarking(cell('marking'), (saw) => report('marking', 'MARKING_UNKNOWN', { saw, markings: known })) ??
        defaults.marking ??
        'OFFICIAL',
      handling: text('handling', 500) ?? defaults.handling ?? null,
      flow: needed('flow', text('flow', 60) ?? defaults.flow),
      days: readDays(cell('days'), (saw) => report('days', 'DAYS_INVALID', { saw })) ?? defaults.days ?? null,
    },
    ...(records !== undefined && { records }),
  }
  if (read.file === '') report('file', 'FILE_UNNAMED')
  return { row: read, problems }
}

const known = markings.join(', ')
const optionOf = { to: '--to', purpose: '--purpose', items: '--item', flow: '--flow' } as const

/** Several in one cell are separated by semicolons. */
function listOf(text: string): readonly string[] | null {
  const list = text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return list.length === 0 ? null : [...new Set(list)]
}

function readMarking(text: string, refuse: (saw: string) => void): Marking | null {
  if (text === '') return null
  const parsed = marking.safeParse(text.toUpperCase())
  if (!parsed.success) refuse(text)
  return parsed.data ?? null
}

function readDays(text: string, refuse: (saw: string) => void): number | null {
  if (text === '') return null
  const days = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(days) && days >= 1) return days
  refuse(text)
  return null
}

/** So few that those of all rows of a transfer can be added up. */
const recordsDigits = /^\d{1,9}$/

/** Undefined: nobody says, or it was refused. */
export function readRecords(text: string, refuse: (saw: string) => void): number | undefined {
  if (text === '') return undefined
  if (recordsDigits.test(text)) return Number(text)
  refuse(text)
  return undefined
}

export function problemOf({
  row,
  column,
  code,
  said,
}: {
  readonly row: number
  readonly column: Column | null
  readonly code: RowProblemCode
  readonly said?: Readonly<Record<string, string>>
}): RowProblem {
  return { row, column, code, words: describeRow(code, said) }
}
