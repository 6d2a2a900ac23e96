// The files of a list, before anything is sent: each must be a plain file below the folder it is looked for in, reached
// through no link, and is read once for its SHA-256. What is sent later must have that digest, or nothing is handed over.
import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { FoundFile, NoFile } from '#client/batch/found-file.ts'
import { type Sha256Hex, sha256Hex } from '#domain/values.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import { outgoingFile } from '../sending/files.ts'

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
  try {
    const link = await lstat(named)
    if (!link.isFile()) return { ok: false, code: 'FILE_NOT_PLAIN' }
    if (link.size === 0) return { ok: false, code: 'FILE_EMPTY' }
    const real = await realpath(named)
    if (!isBelow(real, folder) || isBelow(real, home)) return { ok: false, code: 'FILE_OUTSIDE' }
    const before = await outgoingFile(real, name)
    const sha256 = await digestOf(real)
    const file = await outgoingFile(real, name)
    const same = file.size === before.size && file.modified === before.modified
    if (!same) return { ok: false, code: 'FILE_CHANGED' }
    return { ok: true, sha256, file: { ...file, open: () => asBefore(real, { size: file.size, sha256 }) } }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { ok: false, code: code === 'ENOENT' || code === 'ENOTDIR' ? 'FILE_MISSING' : 'FILE_UNREADABLE' }
  }
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const readAtOnce = 1024 * 1024

/** A link that took the file's place in the meantime is not followed. */
function read(path: string) {
  return createReadStream(path, {
    flags: constants.O_RDONLY | constants.O_NOFOLLOW,
    highWaterMark: readAtOnce,
  } as never)
}

async function digestOf(path: string): Promise<Sha256Hex> {
  const hash = createHash('sha256')
  for await (const piece of read(path)) hash.update(piece as Uint8Array)
  return sha256Hex.parse(hash.digest('hex'))
}

/** The last piece is given only when the whole is what was read before. */
async function* asBefore(
  path: string,
  { size, sha256 }: { readonly size: number; readonly sha256: Sha256Hex },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let seen = 0
  for await (const piece of read(path) as AsyncIterable<Uint8Array>) {
    hash.update(piece)
    seen += piece.length
    if (seen > size || (seen === size && hash.copy().digest('hex') !== sha256)) throw changed()
    yield piece
  }
  if (seen < size) throw changed()
}

function changed(): EnvelopeError {
  return new EnvelopeError('SOURCE_CHANGED', 'source-other')
}
