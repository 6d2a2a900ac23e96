// Files on this machine, as the client sends them: measured once, read once, refused when they are no plain file.
import { createReadStream } from 'node:fs'
import { appendFile, readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import * as z from 'zod'
import type { OutgoingFile } from '#client/send/sending.ts'
import { instant, type TransferId } from '#domain/values.ts'
import { instantOf } from '#platform/clock.ts'
import type { Context } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { describeFileError } from '../terminal/file-error.ts'

/** Enough to tell a person what to open it with; the recipient's programs decide by themselves. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.mp4': 'video/mp4',
  '.ndjson': 'application/x-ndjson',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.zip': 'application/zip',
}

const readAtOnce = 1024 * 1024

export interface Outgoing {
  readonly files: readonly OutgoingFile[]
  /** Of a folder: what is no plain file, or hidden. Said to the person, who may have meant it. */
  readonly leftOut: readonly string[]
}

/** Files as they are named; of a folder every file in it and below, in order, named from the folder on. */
export async function outgoingFiles(paths: readonly string[]): Promise<Outgoing> {
  const files: OutgoingFile[] = []
  const leftOut: string[] = []
  for (const path of paths) {
    const found = await look(path)
    if (!found.isDirectory()) files.push(await outgoingFile(path))
    else for (const name of await namesBelow(path, leftOut)) files.push(await outgoingFile(join(path, name), name))
  }
  if (files.length === 0) throw usage(`There is no file in ${paths.join(', ')}.`)
  return { files, leftOut }
}

/** Relative to the folder, with `/`. Links are not followed: they may lead to what nobody meant to send. */
async function namesBelow(folder: string, leftOut: string[], above = ''): Promise<readonly string[]> {
  const found = await readdir(join(folder, above), { withFileTypes: true })
  const names: string[] = []
  for (const one of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = above === '' ? one.name : `${above}/${one.name}`
    if (one.name.startsWith('.') || !(one.isFile() || one.isDirectory())) leftOut.push(join(folder, name))
    else if (one.isDirectory()) names.push(...(await namesBelow(folder, leftOut, name)))
    else names.push(name)
  }
  return names
}

const longestName = 255

/** Throws CommandFailed USAGE for what is no plain file, is empty, or has a name that no manifest holds. */
export async function outgoingFile(path: string, name = basename(path)): Promise<OutgoingFile> {
  const found = await look(path)
  if (found.isDirectory()) throw usage(`${path} is a folder. Name the files in it.`)
  if (!found.isFile()) throw usage(`${path} is not a file.`)
  if (found.size === 0) throw usage(`${path} is empty. Choose a file with something in it.`)
  if (name.length > longestName)
    throw usage(`${path}: its name with its folders is longer than ${longestName} characters.`)
  return {
    name,
    mediaType: mediaTypeOf(path),
    size: found.size,
    modified: instant.parse(instantOf(found.mtimeMs)),
    place: resolve(path),
    open: () => createReadStream(path, { highWaterMark: readAtOnce }),
  }
}

async function look(path: string) {
  return stat(path).catch((error: unknown) => {
    throw usage(describeFileError(error, path) ?? `Cannot read ${path}.`)
  })
}

/** Of a file that another program encrypted: as the file inside is called. */
export async function encryptedFile(path: string): Promise<OutgoingFile> {
  const file = await outgoingFile(path)
  const name = file.name.replace(/\.(pgp|gpg)$/i, '') || file.name
  return { ...file, name, mediaType: mediaTypeOf(name) }
}

function mediaTypeOf(name: string): string {
  return mediaTypes[extname(name).toLowerCase()] ?? 'application/octet-stream'
}

const seenLine = z.object({ seen: z.string() })

/** What became of a transfer of one's own: a service that later says otherwise is caught by it. */
export async function journalSeen(
  { home, io }: Context,
  { transfer, state }: { readonly transfer: TransferId; readonly state: string },
): Promise<void> {
  if ((await findSeen({ home }, transfer)) === state) return
  const path = await home.path('journal', `${transfer}.jsonl`)
  await appendFile(path, `${JSON.stringify({ seen: state, at: io.now() })}\n`, { mode: 0o600, flush: true })
}

/** The last that was seen; null when nothing was. */
export async function findSeen({ home }: Pick<Context, 'home'>, transfer: TransferId): Promise<string | null> {
  const path = await home.path('journal', `${transfer}.jsonl`)
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  const seen = lines.flatMap((line) => {
    const parsed = seenLine.safeParse(JSON.parse(line))
    return parsed.success ? [parsed.data.seen] : []
  })
  return seen.at(-1) ?? null
}
