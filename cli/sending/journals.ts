// Transfers under way, one journal each below `unfinished/` of the home: begun whole or not at all, each entry on the disk
// before what it tells of happens, gone when the transfer has ended. One run at a time has a transfer, or two would use one
// salt for what may differ (ARCHITECTURE.md#salt).
import { appendFile, open, readdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Unfinished, unfinishedIn } from '#client/send/journal.ts'
import { type JournalEntry, journalEntry } from '#domain/transfers/send-journal.ts'
import type { TransferId } from '#domain/values.ts'
import { writePrivate } from '#platform/files.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'
import type { Home } from '../home.ts'
import { type Lock, tryPassingLock } from '../lock.ts'

/** One command's journals: of whatever it begins or goes on with. */
export interface Journals extends AsyncDisposable {
  write(entry: JournalEntry): Promise<void>
  /** Takes a transfer that an earlier run began; null when there is none. Throws CommandFailed TRANSFER_BUSY. */
  take(transfer: TransferId): Promise<Unfinished | null>
  /** Begun or taken here, and not ended. */
  readonly open: readonly TransferId[]
}

export function createJournals(home: Home): Journals {
  const held = new Map<TransferId, Held>()
  const pathOf = (transfer: TransferId) => home.path('unfinished', `${transfer}.jsonl`)
  const release = (transfer: TransferId) => {
    held.get(transfer)?.lock.release()
    held.delete(transfer)
  }
  const hold = async (transfer: TransferId): Promise<Held> => {
    const already = held.get(transfer)
    if (already) return already
    const path = await pathOf(transfer)
    const one = { lock: takeTransfer(await home.path('unfinished', `${transfer}.lock`)), append: appending(path) }
    held.set(transfer, one)
    return one
  }
  return {
    get open() {
      return [...held.keys()]
    },
    async take(transfer) {
      await hold(transfer)
      const found = await readUnfinished(home, transfer)
      if (found === null) release(transfer)
      // Without the line that a crash may have cut: the next one begins a line of its own.
      else await writePrivate(await pathOf(transfer), linesOf(found.entries))
      return found?.unfinished ?? null
    },
    async write(entry) {
      const { transfer } = entry
      if (entry.entry === 'begun') {
        await hold(transfer)
        return writePrivate(await pathOf(transfer), linesOf([entry]))
      }
      // Of a transfer that no other run could go on with nothing is kept.
      const one = held.get(transfer)
      if (!one) return undefined
      if (entry.entry !== 'ended') return one.append(linesOf([entry]))
      await removeDurably(await pathOf(transfer))
      return release(transfer)
    },
    async [Symbol.asyncDispose]() {
      for (const transfer of held.keys()) release(transfer)
    },
  }
}

interface Held {
  readonly lock: Lock
  readonly append: (lines: string) => Promise<void>
}

/** Every transfer that could go on, oldest first. */
export async function listUnfinished(home: Home): Promise<readonly Unfinished[]> {
  const names = await readdir(dirname(await home.path('unfinished', 'any')))
  const transfers = names.flatMap((name) => /^([0-9a-f]{32})\.jsonl$/.exec(name)?.[1] ?? []) as TransferId[]
  const found = await Promise.all(transfers.map((transfer) => readUnfinished(home, transfer)))
  return found
    .flatMap((one) => one?.unfinished ?? [])
    .toSorted((one, other) => (one.begun.at < other.begun.at ? -1 : 1))
}

/** Forgets a transfer that has ended otherwise. */
export async function forgetUnfinished(home: Home, transfer: TransferId): Promise<void> {
  await removeDurably(await home.path('unfinished', `${transfer}.jsonl`))
}

async function readUnfinished(home: Home, transfer: TransferId) {
  const path = await home.path('unfinished', `${transfer}.jsonl`)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  // A last line without its end was being written when the machine stopped: what it tells of did not happen.
  const entries = text
    .split('\n')
    .slice(0, -1)
    .map((line) => readEntry(line, path))
  const unfinished = unfinishedIn(entries)
  return unfinished && { entries, unfinished }
}

function readEntry(line: string, path: string): JournalEntry {
  try {
    return journalEntry.parse(JSON.parse(line))
  } catch {
    throw new CommandFailed({ exit: exitCodes.unexpected, code: 'HOME_DAMAGED', message: `${path} is damaged.` })
  }
}

function linesOf(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

/** Lines that come while others are on their way to the disk go with one flush. */
function appending(path: string): (lines: string) => Promise<void> {
  let waiting: { lines: string; done: Promise<void> } | null = null
  let last: Promise<void> = Promise.resolve()
  return (lines) => {
    if (waiting) {
      waiting.lines += lines
      return waiting.done
    }
    const batch = { lines, done: Promise.resolve() }
    batch.done = last.then(() => {
      waiting = null
      return appendFile(path, batch.lines, { mode: 0o600, flush: true })
    })
    waiting = batch
    // After one that failed nothing is added any more: half a line may stand there.
    last = batch.done
    last.catch(() => undefined)
    return batch.done
  }
}

async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true })
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}

function takeTransfer(path: string): Lock {
  const lock = tryPassingLock(path)
  if (!lock) throw busy()
  return lock
}

function busy(): CommandFailed {
  return new CommandFailed({
    exit: exitCodes.usage,
    code: 'TRANSFER_BUSY',
    message: 'Another safehand is at this transfer now. Wait for it.',
  })
}
