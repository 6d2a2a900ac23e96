/** A lock between processes that leaves no trap behind: a file with its holder's process id; a dead holder's is broken. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const LONGEST_MS = 10 * 60_000

/** Runs `work` while no other process holds the lock at `file`. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LONGEST_MS
  while (!(await taken(file))) {
    if (Date.now() > deadline) throw new Error(`another process holds ${file}; remove it if none runs`)
    await breakStale(file)
    await pause(100)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

/** The lock appears with its content at once, by a link, so that no reader ever sees it half written. */
async function taken(file: string): Promise<boolean> {
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(own, String(process.pid))
  try {
    await link(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(own)
  }
}

/** Only the one who made the `.breaking` folder may remove a lock that is not its own, after a second look. */
async function breakStale(file: string): Promise<void> {
  if (await isHeld(file)) return
  try {
    await mkdir(`${file}.breaking`)
  } catch {
    return
  }
  try {
    if (!(await isHeld(file))) await rm(file, { force: true })
  } finally {
    await rmdir(`${file}.breaking`)
  }
}

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  try {
    process.kill(Number(text), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
