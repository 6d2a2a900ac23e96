// The copy of the logs that is kept elsewhere: what a restored database is held against
// (ARCHITECTURE.md#copy-of-the-logs). Pieces are only ever added, each with the signed checkpoint it ends at; whoever
// reads them verifies them. A folder: on another machine, or carried there by whatever keeps files that nobody can
// change.
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LogOrigin, logOrigin } from '#domain/audit/entry.ts'
import { storedPiece } from '#domain/audit/piece.ts'
import type { Bytes } from '#domain/values.ts'
import { writePrivate } from './files.ts'

/** The entries `from` up to, not including, `size`, and the log's signed checkpoint at `size` (C2SP tlog-checkpoint). */
export interface LogPiece {
  readonly log: LogOrigin
  readonly from: number
  readonly size: number
  readonly note: string
  readonly entries: readonly Bytes[]
}

export interface LogCopy {
  logs(): Promise<LogOrigin[]>
  /** How many entries of the log are in the copy. */
  sizeOf(log: LogOrigin): Promise<number>
  /** In order, without gaps. Throws when a piece is missing or is no piece. */
  pieces(log: LogOrigin): AsyncGenerator<LogPiece>
  /** Durable when it returns. Throws RangeError unless the piece begins where the copy ends. */
  add(piece: LogPiece): Promise<void>
}

const NAME = /^(\d{12})-(\d{12})\.json$/

/** One writer at a time. `folder` must be there: a copy that is not mounted is not an empty one. */
export function folderLogCopy(folder: string): LogCopy {
  const ends = new Map<LogOrigin, number>()
  const folderOf = (log: LogOrigin) => join(folder, ...log.split('/'))
  const copy: LogCopy = {
    async logs() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      const folders = entries
        .filter((entry) => entry.isFile() && NAME.test(entry.name))
        .map((entry) => entry.parentPath)
      return [...new Set(folders)].map((path) => logOrigin.parse(path.slice(join(folder, '/').length))).sort()
    },

    async sizeOf(log) {
      const known = ends.get(log) ?? (await spansOf(folderOf(log))).at(-1)?.size ?? 0
      ends.set(log, known)
      return known
    },

    async *pieces(log) {
      let end = 0
      for (const { name, from, size } of await spansOf(folderOf(log))) {
        const piece = storedPiece.parse(JSON.parse(await readFile(join(folderOf(log), name), 'utf8')))
        const fits = piece.log === log && piece.from === from && piece.size === size && from === end
        if (!fits || piece.entries.length !== size - from)
          throw new RangeError(`${log}: ${name} does not follow ${end}`)
        yield { ...piece, entries: piece.entries.map((entry) => Uint8Array.fromBase64(entry)) }
        end = size
      }
    },

    async add(piece) {
      const { log, from, size, entries } = piece
      const end = await copy.sizeOf(log)
      if (from !== end || size !== from + entries.length)
        throw new RangeError(`${log}: the copy ends at ${end}, not ${from}`)
      await readdir(folder)
      await mkdir(folderOf(log), { recursive: true, mode: 0o700 })
      const text = JSON.stringify({ ...piece, entries: entries.map((entry) => entry.toBase64()) })
      await writePrivate(join(folderOf(log), `${padded(from)}-${padded(size)}.json`), text)
      ends.set(log, size)
    },
  }
  return copy
}

const padded = (size: number) => String(size).padStart(12, '0')

async function spansOf(folder: string): Promise<{ name: string; from: number; size: number }[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.sort().flatMap((name) => {
    const [, from, size] = NAME.exec(name) ?? []
    return from === undefined ? [] : [{ name, from: Number(from), size: Number(size) }]
  })
}
