// What each noun's store file gives to commit.ts: one writer per kind of change, so that none can be forgotten.
import type { Change } from '#domain/changes.ts'
import type { Tx } from './database.ts'

export type Writers<C extends Change> = {
  readonly [K in C['kind']]: (tx: Tx, change: Extract<C, { kind: K }>) => Promise<void>
}
