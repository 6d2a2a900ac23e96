// What is wrong with an exported log, and where.
import type { LogProblemCode } from '#domain/audit/problems.ts'

export interface LogProblem {
  readonly code: LogProblemCode
  /** The first bad entry; null when it is not an entry that is bad. */
  readonly index: number | null
  /** A file, a size, or what could not be read. */
  readonly where: string | null
}

export function problemOf(
  code: LogProblemCode,
  at: { readonly index?: number; readonly where?: string } = {},
): LogProblem {
  return { code, index: at.index ?? null, where: at.where ?? null }
}
