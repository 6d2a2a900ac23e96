// What a run of a list says at its end: how much was sent and what is wrong, by row and column; the whole of it is in the
// report. Exit codes as everywhere: 2 rows must be put right, 3 the service refused some.
import { rowStateWords, type RowState } from '#words/en/batch.ts'
import type { Context } from '../context.ts'
import { AlreadySaid, type ExitCode, exitCodes } from '../terminal/exit-codes.ts'
import type { PlannedTransfer } from '#client/batch/check.ts'
import type { FollowedRow } from './follow.ts'
import type { Ledger } from './ledger.ts'
import type { Plan } from '#client/batch/plan.ts'
import type { ReportRow } from './report.ts'
import type { BatchRow, RowProblem } from '#client/batch/rows.ts'
import type { Outcome } from './send-planned.ts'

export interface BatchState {
  /** Those that could be read. */
  readonly rows: readonly BatchRow[]
  readonly plan: Plan
  /** In the order of rows. */
  readonly problems: readonly RowProblem[]
  readonly outcomes: ReadonlyMap<PlannedTransfer, Outcome>
}

/** Every row once, in order: those that could not even be read have their problem and nothing else. */
export function reportRows({ rows, plan, problems, outcomes }: BatchState): readonly ReportRow[] {
  const reported = new Map<number, ReportRow>()
  for (const { row, column, code, words } of problems) {
    const said = [reported.get(row)?.words, column === null ? words : `${column}: ${words}`].filter(Boolean).join(' ')
    reported.set(row, { ...emptyRow(row), state: 'invalid', code, words: said })
  }
  for (const { row, id, file } of rows) {
    const before = plan.sentBefore.get(row)
    const sent = before === undefined ? {} : ({ transfer: before, state: 'sent-before' } as const)
    reported.set(row, { ...emptyRow(row), ...reported.get(row), id, file, ...sent })
  }
  for (const planned of plan.transfers) {
    for (const { row, sha256 } of planned.rows) {
      const known = reported.get(row) ?? emptyRow(row)
      reported.set(row, { ...known, sha256, ...outcomeOf(outcomes.get(planned)) })
    }
  }
  return [...reported.values()].toSorted((one, other) => one.row - other.row)
}

function emptyRow(row: number): ReportRow {
  return { row, id: null, file: '', transfer: null, state: 'not-sent', sha256: null, code: null, words: null }
}

function outcomeOf(outcome: Outcome | undefined): Partial<ReportRow> {
  if (!outcome) return {}
  if (outcome.state === 'refused') return { state: 'refused', code: outcome.code, words: outcome.words }
  return { state: outcome.state, transfer: outcome.transfer }
}

/** Of a dry run. */
export function sayChecked(
  context: Context,
  { plan, problems, ledger }: Omit<BatchState, 'outcomes'> & { readonly ledger: Ledger },
): void {
  const sent = plan.transfers.filter(({ identity, key }) => isSent(ledger, { identity, key }))
  const counts = {
    transfers: plan.transfers.length - sent.length,
    files: filesIn(plan.transfers) - filesIn(sent),
    sentBefore: plan.sentBefore.size + filesIn(sent),
    invalid: rowsIn(problems),
  }
  const would = `${many(counts.files, 'file')} in ${many(counts.transfers, 'transfer')} can be sent`
  const before = counts.sentBefore > 0 ? `, ${many(counts.sentBefore, 'file')} went before` : ''
  context.output.result({
    value: { dryRun: true, ...counts, problems },
    text: [...describeProblems(problems), `${would}${before}. Nothing was sent.`].join('\n'),
  })
  if (problems.length > 0) throw new AlreadySaid(exitCodes.usage)
}

/** Of a run that does not begin because of them. */
export function sayProblems({ output }: Context, problems: readonly RowProblem[]): never {
  output.result({
    value: { sent: 0, problems },
    text: [
      ...describeProblems(problems),
      'Nothing was sent. Put the rows right, or send the others with --skip-invalid.',
    ].join('\n'),
  })
  throw new AlreadySaid(exitCodes.usage)
}

export function saySent({ output }: Context, { report, ...state }: BatchState & { readonly report: string }): void {
  const rows = reportRows(state)
  const counts = Object.fromEntries(
    (Object.keys(rowStateWords) as RowState[]).map((name) => [name, rows.filter((one) => one.state === name).length]),
  ) as Record<RowState, number>
  const refused = rows.filter(({ state: its }) => its === 'refused' || its === 'invalid')
  output.result({
    value: { ...counts, report, transfers: [...new Set(rows.flatMap(({ transfer }) => transfer ?? []))] },
    text: [
      ...refused.slice(0, shownProblems).map(({ row, words }) => `row ${row}: ${words ?? ''}`),
      ...Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${count} ${rowStateWords[name as RowState]}`),
      `What became of each row: ${report}`,
    ].join('\n'),
  })
  const exit = exitOf(counts)
  if (exit !== exitCodes.done) throw new AlreadySaid(exit)
}

/** Of what was sent: how far it came. */
export function sayFollowed(
  { output }: Context,
  { rows, report }: { readonly rows: readonly FollowedRow[]; readonly report: string },
): void {
  const deliveries = rows.flatMap(({ followed }) => followed?.view.deliveries ?? [])
  const counts = {
    rows: rows.length,
    sent: rows.filter(({ followed }) => followed !== null).length,
    collected: deliveries.filter(({ collectedAt }) => collectedAt !== null).length,
    acknowledged: deliveries.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    receipts: rows.filter(({ followed }) => followed?.receipts).length,
  }
  const { sent, collected, acknowledged, receipts } = counts
  output.result({
    value: { ...counts, report },
    text: [
      `${sent} of ${many(rows.length, 'row')} sent; ${collected} collected, ${acknowledged} acknowledged, ${receipts} with a signed receipt.`,
      `File by file: ${report}`,
    ].join('\n'),
  })
}

function exitOf(counts: Readonly<Record<RowState, number>>): ExitCode {
  if (counts.refused > 0) return exitCodes.refusedByService
  return counts.invalid > 0 ? exitCodes.usage : exitCodes.done
}

const shownProblems = 50

function describeProblems(problems: readonly RowProblem[]): readonly string[] {
  const said = problems
    .slice(0, shownProblems)
    .map(({ row, column, words }) => `row ${row}${column === null ? '' : `, ${column}`}: ${words}`)
  const more = problems.length - said.length
  return more > 0 ? [...said, `… and ${more} more. All of them: --json.`] : said
}

function isSent(ledger: Ledger, { identity, key }: { readonly identity: string; readonly key: string }): boolean {
  const standing = ledger.find(identity)
  return standing?.key === key && standing.sentAt !== null
}

function filesIn(transfers: readonly PlannedTransfer[]): number {
  return transfers.reduce((sum, { rows }) => sum + rows.length, 0)
}

function rowsIn(problems: readonly RowProblem[]): number {
  return new Set(problems.map(({ row }) => row)).size
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
