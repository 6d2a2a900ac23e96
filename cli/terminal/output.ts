// What a command says: words for people, or with --json exactly one JSON value on standard output for programs.
import type { Io } from './io.ts'

export interface Output {
  readonly json: boolean
  /** The command's result, said once at its end. */
  result(said: { readonly value: unknown; readonly text: string }): void
  /** On the way, to standard error; silent with --json. */
  note(text: string): void
  /** A note that this command makes once, however often it is said. */
  noteOnce(text: string): void
}

export function createOutput({ io, json }: { readonly io: Io; readonly json: boolean }): Output {
  const said = new Set<string>()
  const note = (text: string) => {
    if (!json) io.error(harmless(text))
  }
  return {
    json,
    result: ({ value, text }) => io.out(json ? JSON.stringify(value) : harmless(text)),
    note,
    noteOnce: (text) => {
      if (!said.has(text)) note(text)
      said.add(text)
    },
  }
}

/** Words may come from others (a finding, a reference, a name): nothing in them may steer the terminal. */
export function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\u{fffd}')
}

/** Rows of equal columns, for people. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
