// What a run measured, one row for each piece of work: as a table for people, as JSON for programs.
import type { Comparison } from './compare.ts'

export interface Row {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly reference: number
  /** ours / reference. */
  readonly ratio: number
  readonly goal: string
  readonly met: boolean
  /** CPU seconds of our process for each GiB. */
  readonly cpuPerGiB: number | null
  /** The most that our process held at once. */
  readonly peakMiB: number | null
}

export function speedRow({ name, least, measured }: { name: string; least: number; measured: Comparison }): Row {
  const { ours, reference, ratio } = measured
  return {
    name,
    unit: 'MiB/s',
    ours: ours.mibPerSecond,
    reference: reference.mibPerSecond,
    ratio,
    goal: `ratio >= ${least}`,
    met: ratio >= least,
    cpuPerGiB: ours.cpuPerGib,
    peakMiB: ours.peakMib,
  }
}

export function formatTable(rows: readonly Row[]): string {
  const head = ['', 'ours', 'reference', 'unit', 'ratio', 'goal', 'met', 'CPU s/GiB', 'peak MiB']
  const cells = rows.map((row) => [
    row.name,
    rounded(row.ours),
    rounded(row.reference),
    row.unit,
    row.ratio.toFixed(2),
    row.goal,
    row.met ? 'yes' : 'NO',
    row.cpuPerGiB?.toFixed(1) ?? '',
    row.peakMiB === null ? '' : rounded(row.peakMiB),
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return [head, ...cells].map((row) => line(row).trimEnd()).join('\n')
}

function rounded(value: number): string {
  return value.toFixed(0)
}
