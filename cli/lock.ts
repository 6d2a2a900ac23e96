// One program at a time for one list, one folder or one file. The lock is the operating system's own, on a file: it goes
// with its process however that ends, so nothing is ever left locked, and nobody guesses whether a process still lives.
// SQLite is Node's way to such a lock; the file holds nothing.
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { usage } from './terminal/exit-codes.ts'

export interface Lock extends Disposable {
  release(): void
}

/** Throws CommandFailed USAGE with `taken` when somebody else holds it. */
export function takeLock(path: string, { taken }: { readonly taken: string }): Lock {
  const lock = tryLock(path)
  if (!lock) throw usage(taken)
  return lock
}

/** For what is held a moment only. Throws CommandFailed USAGE with `taken` when that moment does not end. */
export async function waitForLock(path: string, { taken }: { readonly taken: string }): Promise<Lock> {
  for (let tries = 0; tries < 500; tries += 1) {
    const lock = tryLock(path)
    if (lock) return lock
    await sleep(20)
  }
  throw usage(taken)
}

/**
 * As the others, on a file that goes with it. Null when somebody else holds it. Whoever waited for a file that went meanwhile
 * holds nothing that others would see: that is looked at, by the file's number, and tried again.
 */
export function tryPassingLock(path: string): Lock | null {
  for (;;) {
    makeEmpty(path)
    const asked = fileNumber(path)
    const lock = tryLock(path)
    if (!lock) return null
    if (asked !== null && fileNumber(path) === asked) return removedAtEnd(path, lock)
    lock.release()
  }
}

function removedAtEnd(path: string, lock: Lock): Lock {
  const release = () => {
    try {
      rmSync(path, { force: true })
    } catch {
      // Windows removes no file that is open: an empty one stays.
    }
    lock.release()
  }
  return { release, [Symbol.dispose]: release }
}

/** Never opens one that is there: closing it again would end the locks of this process on it (fcntl(2)). */
function makeEmpty(path: string): void {
  try {
    writeFileSync(path, '', { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function fileNumber(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null
}

/** Null when somebody else holds it. */
function tryLock(path: string): Lock | null {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === busy) return null
    throw error
  }
  const release = () => database.close()
  return { release, [Symbol.dispose]: release }
}

/** SQLITE_BUSY. */
const busy = 5
