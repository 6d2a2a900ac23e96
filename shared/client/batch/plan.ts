// From rows to transfers, with everything that would be refused found before anything is sent: files, recipients in the
// verified rosters, the policy of the client's own verified copy of the agreement, duplicates. Changes nothing.
import type { Refusal } from '#domain/decision.ts'
import type { Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import { mapConcurrently } from '../concurrency.ts'
import { type CheckOptions, createCheck, hash, type PlannedRow, type PlannedTransfer, type ReadRow } from './check.ts'
import type { FoundFile, NoFile } from './found-file.ts'
import { type AskedInWords, type BatchRow, heldBack, problemOf, type RowProblem } from './rows.ts'

export interface Plan {
  readonly transfers: readonly PlannedTransfer[]
  /** Rows whose files are gone, because an earlier run sent them. */
  readonly sentBefore: ReadonlyMap<number, TransferId>
  readonly problems: readonly RowProblem[]
  /** Of all rows alike: nothing can be sent, whatever is left out. */
  readonly refusal: Refusal | null
}

/** What earlier runs of the list sent, as far as it is remembered here. */
export interface SentBefore {
  find(
    identity: string,
  ): { readonly key: string; readonly transfer: TransferId | null; readonly sentAt: Instant | null } | null
  /** The transfer that a row with this digest went with. */
  sentWith(row: string): TransferId | null
}

export interface Planning extends CheckOptions {
  readonly ledger: SentBefore
  readonly findFile: (path: string) => Promise<FoundFile | NoFile>
  /** For words: the folder the files are looked for in. */
  readonly folder: string
}

const filesAtOnce = 8

/** Throws TrustRefused when a roster does not hold. */
export async function planTransfers(planning: Planning, rows: readonly BatchRow[]): Promise<Plan> {
  const { ledger, folder } = planning
  const read = await mapConcurrently(rows, { concurrency: filesAtOnce, work: (row) => readFile(planning, row) })
  const sentBefore = new Map<number, TransferId>()
  const problems: RowProblem[] = [...idsTwice(rows)]
  for (const { row, found, digest } of read) {
    if (found.ok) continue
    const sent = found.code === 'FILE_MISSING' ? ledger.sentWith(digest) : null
    if (sent) sentBefore.set(row.row, sent)
    else {
      const said = { file: row.file, folder, ...found.said }
      problems.push(problemOf({ row: row.row, column: 'file', code: found.code, said }))
    }
  }
  const check = createCheck(planning)
  const groups = groupsOf(read.filter(({ row }) => !sentBefore.has(row.row)))
  const transfers: PlannedTransfer[] = []
  for (const group of groups) {
    const checked = await check(group)
    if (checked.refusal) return { transfers: [], sentBefore, problems, refusal: checked.refusal }
    problems.push(...differences(group), ...checked.problems)
    if (checked.transfer) transfers.push(checked.transfer)
  }
  problems.push(...twice(transfers), ...changedSince(transfers, ledger))
  problems.push(
    ...heldBack(
      groups.flat().map(({ row }) => row),
      problems,
    ),
  )
  const wrong = new Set(problems.map(({ row }) => row))
  return {
    transfers: transfers.filter(({ rows: its }) => !its.some(({ row }) => wrong.has(row))),
    sentBefore,
    problems: problems.toSorted((one, other) => one.row - other.row),
    refusal: null,
  }
}

async function readFile({ findFile }: Planning, row: BatchRow): Promise<ReadRow> {
  return { row, found: await findFile(row.file), digest: await digestOfRow(row) }
}

/** By it a row is known whose file is gone. */
export function digestOfRow({ row: _, ...written }: BatchRow): Promise<Sha256Hex> {
  return hash(written)
}

type Group = readonly [ReadRow, ...ReadRow[]]

function groupsOf(rows: readonly ReadRow[]): readonly Group[] {
  const groups = new Map<string, [ReadRow, ...ReadRow[]]>()
  for (const one of rows) {
    const { row, transfer } = one.row
    const name = transfer === null ? `row ${row}` : `transfer ${transfer}`
    const group = groups.get(name)
    if (group) group.push(one)
    else groups.set(name, [one])
  }
  return [...groups.values()]
}

/** Rows of one transfer ask for the same, or it is not one. */
function differences([{ row: first }, ...others]: Group): readonly RowProblem[] {
  const columns = Object.keys(first.asked) as (keyof AskedInWords)[]
  return others.flatMap(({ row: { row, asked, transfer } }) =>
    columns
      .filter((column) => JSON.stringify(asked[column]) !== JSON.stringify(first.asked[column]))
      .map((column) => {
        const said = { column, row: String(first.row), transfer: transfer ?? '' }
        return problemOf({ row, column, code: 'TRANSFER_DIFFERS', said })
      }),
  )
}

function idsTwice(rows: readonly BatchRow[]): readonly RowProblem[] {
  const earlier = createEarlier()
  return rows.flatMap(({ row, id }) => {
    const before = id === null ? null : earlier(id, row)
    return before === null
      ? []
      : [problemOf({ row, column: 'id', code: 'ID_TWICE', said: { saw: id ?? '', row: before } })]
  })
}

/** Of rows without ids, and of files within one transfer. */
function twice(transfers: readonly PlannedTransfer[]): readonly RowProblem[] {
  const earlier = createEarlier()
  const nameOf = (identity: string, { file, sha256 }: PlannedRow) =>
    identity.startsWith('transfer:') ? JSON.stringify([identity, file, sha256]) : identity
  return transfers.flatMap(({ identity, rows }) =>
    rows.flatMap((one) => {
      if (one.id !== null) return []
      const before = earlier(nameOf(identity, one), one.row)
      return before === null
        ? []
        : [problemOf({ row: one.row, column: null, code: 'ROW_TWICE', said: { row: before } })]
    }),
  )
}

/** Gives the row where a name stood first, or null for the first. */
function createEarlier(): (name: string, row: number) => string | null {
  const seen = new Map<string, number>()
  return (name, row) => {
    const before = seen.get(name)
    if (before === undefined) seen.set(name, row)
    return before === undefined ? null : String(before)
  }
}

function changedSince(transfers: readonly PlannedTransfer[], ledger: Pick<SentBefore, 'find'>): readonly RowProblem[] {
  return transfers.flatMap(({ identity, key, rows: [first] }) => {
    const standing = ledger.find(identity)
    if (!first || !standing?.sentAt || standing.key === key || standing.transfer === null) return []
    const said = { name: identity.slice(identity.indexOf(':') + 1), transfer: standing.transfer }
    const column = identity.startsWith('id:') ? 'id' : 'transfer'
    return [problemOf({ row: first.row, column, code: 'ROW_CHANGED', said })]
  })
}
