// One program at a time for one list or one folder. The lock is the operating system's own, on a file: it goes with its
// process however that ends, so nothing is ever left locked, and nobody guesses whether a process still lives. SQLite is
// Node's way to such a lock; the file holds nothing.
import { DatabaseSync } from 'node:sqlite'
import { usage } from '../terminal/exit-codes.ts'

export interface Lock extends Disposable {
  release(): void
}

/** Throws CommandFailed USAGE with `taken` when somebody else holds it. */
export function takeLock(path: string, { taken }: { readonly taken: string }): Lock {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === busy) throw usage(taken)
    throw error
  }
  const release = () => database.close()
  return { release, [Symbol.dispose]: release }
}

/** SQLITE_BUSY. */
const busy = 5
