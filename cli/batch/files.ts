// The files of a list, before anything is sent: each must be a plain file below the folder it is looked for in, reached
// through no link, and is read once for its SHA-256. What is sent later must have that digest, or nothing is handed over.
import { createHash } from 'node:crypto'
import { lstat, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { FoundFile, NoFile } from '#client/batch/found-file.ts'
import { type LeftAlone, whyPathLeftAlone } from '#client/send/left-alone.ts'
import { type Sha256Hex, sha256Hex } from '#domain/values.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { RowProblemCode } from '#words/en/batch.ts'
import { outgoingFile } from '../sending/files.ts'
import { spelledOtherwise } from '#platform/folder-names.ts'
import { changed, readAsSeen } from '../sending/reading.ts'

/** Both as `realpath` gives them. Nothing in the home is ever a file to send. */
export interface Where {
  readonly folder: string
  readonly home: string
  /** As the file is called in the transfer; else as it is called here. */
  readonly name?: string
}

/** Never throws for what a file may be: an unreadable one is a problem of its row. */
export async function findFile(path: string, { folder, home, name }: Where): Promise<FoundFile | NoFile> {
  const named = resolve(folder, path)
  if (!isBelow(named, folder)) return { ok: false, code: 'FILE_OUTSIDE' }
  const why = whyPathLeftAlone(relative(folder, named))
  if (why) return { ok: false, code: leftAloneCodes[why] }
  try {
    const link = await lstat(named)
    if (!link.isFile()) return { ok: false, code: 'FILE_NOT_PLAIN' }
    if (link.size === 0) return { ok: false, code: 'FILE_EMPTY' }
    const real = await realpath(named)
    if (!isBelow(real, folder) || isBelow(real, home)) return { ok: false, code: 'FILE_OUTSIDE' }
    const before = await outgoingFile(real, name)
    const sha256 = await digestOf(real, before.size)
    const file = await outgoingFile(real, name)
    const same = file.size === before.size && file.modified === before.modified
    if (!same) return { ok: false, code: 'FILE_CHANGED' }
    return { ok: true, sha256, file: { ...file, open: () => asBefore(real, { size: file.size, sha256 }) } }
  } catch (error) {
    if (error instanceof EnvelopeError) return { ok: false, code: 'FILE_CHANGED' }
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return { ok: false, code: 'FILE_UNREADABLE' }
    const other = await spelledOtherwise(named)
    return { ok: false, code: 'FILE_MISSING', ...(other !== null && { said: { other } }) }
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const leftAloneCodes = {
  hidden: 'FILE_HIDDEN',
  systems: 'FILE_OF_SYSTEM',
  temporary: 'FILE_TEMPORARY',
} as const satisfies Record<LeftAlone, RowProblemCode>

/** A link that took the file's place in the meantime is not followed. */
const noLinks = { noLinks: true } as const

async function digestOf(path: string, size: number): Promise<Sha256Hex> {
  const hash = createHash('sha256')
  for await (const piece of readAsSeen(path, { size, ...noLinks })) hash.update(piece)
  return sha256Hex.parse(hash.digest('hex'))
}

/** The last piece is given only when the whole is what was read before. */
async function* asBefore(
  path: string,
  { size, sha256 }: { readonly size: number; readonly sha256: Sha256Hex },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let seen = 0
  for await (const piece of readAsSeen(path, { size, ...noLinks })) {
    hash.update(piece)
    seen += piece.length
    if (seen > size || (seen === size && hash.copy().digest('hex') !== sha256)) throw changed()
    yield piece
  }
  if (seen < size) throw changed()
}
