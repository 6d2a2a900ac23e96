// What each noun's store file gives to commit.ts: one writer per kind of change, so that none can be forgotten.
import type { Change } from '#domain/changes.ts'
import type { Tx } from './database.ts'

export type Writers<C extends Change> = {
  readonly [K in C['kind']]: (tx: Tx, change: Extract<C, { kind: K }>) => Promise<void>
}

/** Another process may have been faster: then nothing of the commit is written. */
export function expectOne(result: { readonly numUpdatedRows: bigint }, what: string): void {
  if (result.numUpdatedRows !== 1n) throw new Error(`not as decided: ${what}`)
}
