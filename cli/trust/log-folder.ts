// An exported log as a folder: files readable by their owner alone, because openings are personal data.
import { createHmac } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Anchor } from '#client/trust/anchor.ts'
import { checkpointPath, type Reader, type Sink } from '#client/log/log-layout.ts'
import type { ReadEntry } from '#client/log/log-contents.ts'
import type { LogMemory } from '#client/log/memory.ts'
import { verifyAndRemember } from '#client/log/remembering.ts'
import type { EarlierNote, LogReport, LogToVerify } from '#client/log/verify-log.ts'
import type { Instant } from '#domain/values.ts'
import { sha256, verifyEd25519 } from '#platform/crypto.ts'
import { usage } from '../terminal/exit-codes.ts'

/** Makes the folder. One that holds something already is left alone: it may be evidence. */
export async function openSink(folder: string): Promise<Sink> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0) throw usage(`${folder} is not empty. Name a folder that is not there yet.`)
  const place = async (path: string) => {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    return file
  }
  return {
    write: async (path, bytes) => writeFile(await place(path), bytes, { mode: 0o600, flag: 'wx' }),
    append: async (path, bytes) => appendFile(await place(path), bytes, { mode: 0o600 }),
  }
}

function openReader(folder: string): Reader {
  return {
    read: (path) => {
      const file = join(folder, path)
      return existsSync(file) ? readFileSync(file) : null
    },
  }
}

/** A copy that was written before; null when nothing is there any more. */
export function openCopy(place: string): Reader | null {
  return existsSync(join(place, checkpointPath)) ? openReader(place) : null
}

export interface FolderToVerify {
  readonly folder: string
  readonly anchor: Anchor | null
  readonly memory: LogMemory
  readonly now: Instant
  /** Files with an earlier checkpoint, or folders of earlier exports. */
  readonly earlier: readonly string[]
  /** Just fetched from the service. */
  readonly fresh: boolean
  readonly onEntry: (read: ReadEntry) => void
}

export async function verifyFolder({ folder, earlier, memory, ...rest }: FolderToVerify): Promise<LogReport> {
  if (!existsSync(folder)) throw usage(`There is no folder ${folder}.`)
  if (!statSync(folder).isDirectory()) throw usage(`${folder} is no folder. Name the folder that audit export made.`)
  const log = {
    ...rest,
    ...logPrimitives,
    reader: openReader(folder),
    openCopy,
    earlier: await Promise.all(earlier.map(readEarlier)),
  }
  return verifyAndRemember(log, { memory, place: resolve(folder) })
}

export const logPrimitives: Pick<LogToVerify, 'sha256' | 'hmacSha256' | 'verifyEd25519'> = {
  sha256,
  hmacSha256: (key, message) => createHmac('sha256', key).update(message).digest(),
  verifyEd25519: ({ key, ...claim }) => verifyEd25519({ ...claim, publicKey: key }),
}

async function readEarlier(path: string): Promise<EarlierNote> {
  const inside = join(path, checkpointPath)
  const isFolder = existsSync(inside)
  const file = isFolder ? inside : path
  if (!existsSync(file)) throw usage(`There is no checkpoint ${path}.`)
  return { note: await readFile(file), copy: isFolder ? { reader: openReader(path), place: path } : null }
}
