// What was begun and what was sent of one list or folder: append-only JSON lines below the home (0600), each on the disk
// before anything follows from it. It is why running again sends only what is missing. The service has the last word:
// what is begun here and not known as sent is asked for there (send-planned.ts).
import { open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { type Instant, instant, sha256Hex, type TransferId, transferId } from '#domain/values.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'
import { type Lock, takeLock } from '../lock.ts'

/** By `identity` a row is the same row in the next run, by `key` also what it says. */
const begun = z.strictObject({
  line: z.literal('begun'),
  identity: z.string(),
  key: sha256Hex,
  /** Counted from 1: a transfer that was given up is followed by another. */
  attempt: z.int().positive(),
  at: instant,
  /** Earlier versions counted the end themselves. */
  expires: instant.optional(),
})
const drafted = z.strictObject({ line: z.literal('drafted'), identity: z.string(), transfer: transferId })
const sent = z.strictObject({
  line: z.literal('sent'),
  identity: z.string(),
  transfer: transferId,
  /** Digests of the rows as written: such a row is known when its file is gone. */
  rows: z.array(sha256Hex),
  at: instant,
})
/** Out of the folder that is watched: the next file like it is another. */
const moved = z.strictObject({ line: z.literal('moved'), identity: z.string() })
const lines = z.discriminatedUnion('line', [begun, drafted, sent, moved])
export type LedgerLine = z.infer<typeof lines>

/** Of one transfer, as far as it came. */
export interface Standing {
  readonly key: string
  readonly attempt: number
  readonly at: Instant
  readonly transfer: TransferId | null
  readonly sentAt: Instant | null
}

export interface Ledger {
  find(identity: string): Standing | null
  /** The transfer that a row with this digest went with. */
  sentWith(row: string): TransferId | null
  /** How often a file like it was sent and moved away. */
  timesMoved(identity: string): number
  /** Identities of what was sent. */
  sent(): readonly string[]
  /** Durable when it resolves. */
  write(line: LedgerLine): Promise<void>
  close(): Promise<void>
}

/** Throws CommandFailed USAGE when another process works on the same. */
export async function openLedger(path: string, { taken }: { readonly taken: string }): Promise<Ledger> {
  const lock = takeLock(`${path}.lock`, { taken })
  try {
    return await openLocked(path, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openLocked(path: string, lock: Lock): Promise<Ledger> {
  const known = new Known()
  const kept = await readLines(path)
  for (const line of kept.lines) known.take(line)
  const file = await open(path, 'a', 0o600)
  await syncFolderOf(path)
  // A line that was being written when the process was killed: nothing followed from it.
  await file.truncate(kept.length)
  let waiting: LedgerLine[] = []
  let writing: Promise<void> = Promise.resolve()
  /** Lines that come while another is being written share the next wait for the disk. */
  const flush = async () => {
    const now = waiting
    waiting = []
    if (now.length === 0) return
    await file.appendFile(now.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await file.datasync()
  }
  return {
    find: (identity) => known.standings.get(identity) ?? null,
    sentWith: (row) => known.rows.get(row) ?? null,
    timesMoved: (identity) => known.moved.get(identity) ?? 0,
    sent: () => [...known.standings].flatMap(([identity, { sentAt }]) => (sentAt === null ? [] : [identity])),
    async write(line) {
      known.take(line)
      waiting.push(line)
      writing = writing.then(flush)
      await writing
    },
    async close() {
      await writing.catch(() => undefined)
      await file.close()
      lock.release()
    },
  }
}

/** Else a new file's name may be lost with the power, and all that stands in it. */
async function syncFolderOf(path: string): Promise<void> {
  await using folder = await open(dirname(path), 'r')
  await folder.sync()
}

class Known {
  readonly standings = new Map<string, Standing>()
  readonly rows = new Map<string, TransferId>()
  readonly moved = new Map<string, number>()

  take(line: LedgerLine): void {
    const { identity } = line
    const standing = this.standings.get(identity)
    if (line.line === 'begun') {
      const { key, attempt, at } = line
      this.standings.set(identity, { key, attempt, at, transfer: null, sentAt: null })
    } else if (line.line === 'moved') {
      this.moved.set(identity, (this.moved.get(identity) ?? 0) + 1)
    } else if (standing) {
      const sentAt = line.line === 'sent' ? line.at : standing.sentAt
      this.standings.set(identity, { ...standing, transfer: line.transfer, sentAt })
      if (line.line === 'sent') for (const row of line.rows) this.rows.set(row, line.transfer)
    }
  }
}

async function readLines(path: string): Promise<{ lines: readonly LedgerLine[]; length: number }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  const length = bytes.lastIndexOf('\n') + 1
  const whole = bytes.subarray(0, length).toString('utf8').split('\n').filter(Boolean)
  return { lines: whole.map((line) => readLine(line, path)), length }
}

/** Another line than the last can only be somebody's doing: what was sent is not guessed. */
function readLine(text: string, path: string): LedgerLine {
  try {
    return lines.parse(JSON.parse(text))
  } catch {
    throw new CommandFailed({
      exit: exitCodes.unexpected,
      code: 'HOME_DAMAGED',
      message: `${path} is damaged. Nothing is sent, because what was sent before stands in it. See: safehand sent`,
    })
  }
}
