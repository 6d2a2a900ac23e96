// Files on this machine, as the client sends them: measured once, read once, refused when they are no plain file.
import { appendFile, lstat, readFile, stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import * as z from 'zod'
import { whyLeftAlone } from '#client/send/left-alone.ts'
import type { OutgoingFile } from '#client/send/sending.ts'
import { instant, type TransferId } from '#domain/values.ts'
import { instantOf } from '#platform/clock.ts'
import { leftAlone, notUtf8, otherSpelling } from '#words/en/files.ts'
import type { Context } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { describeFileError } from '../terminal/file-error.ts'
import { namesIn, spelledOtherwise } from '#platform/folder-names.ts'
import { readAsSeen } from './reading.ts'

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

export interface Outgoing {
  readonly files: readonly OutgoingFile[]
  /** Of a folder, in words: what is no plain file, and what is left alone by its name. Said to the person, who may have meant it. */
  readonly leftAlone: readonly string[]
}

/** Files as they are named; of a folder every file in it and below, in order, named from the folder on. */
export async function outgoingFiles(paths: readonly string[]): Promise<Outgoing> {
  const files: OutgoingFile[] = []
  const passedOver: string[] = []
  for (const path of paths) {
    const found = await look(path)
    if (!found.isDirectory()) files.push(await outgoingFile(path, named(path)))
    else
      for (const name of await namesBelow(path, passedOver))
        files.push(await outgoingFile(join(path, name), name, noLinks))
  }
  if (files.length === 0) throw usage([`There is no file in ${paths.join(', ')}.`, ...passedOver].join('\n'))
  return { files, leftAlone: passedOver }
}

const noLinks = { noLinks: true } as const

/** Throws CommandFailed USAGE for a name that is left alone in a folder, too. */
function named(path: string): string {
  const name = basename(path)
  const why = whyLeftAlone(name)
  if (why) throw usage(leftAlone(path, why))
  return name
}

/**
 * Relative to the folder, with `/`. Links are not followed: they may lead to what nobody meant to send. Throws CommandFailed
 * USAGE for a name that nobody could be told.
 */
async function namesBelow(folder: string, passedOver: string[], above = ''): Promise<readonly string[]> {
  const found = await namesIn(join(folder, above))
  const [other] = found.others
  if (other) throw usage(notUtf8(join(folder, above, other.shown)))
  const names: string[] = []
  for (const one of found.names) {
    const name = above === '' ? one : `${above}/${one}`
    const path = join(folder, name)
    const why = whyLeftAlone(one)
    const kind = why ? null : await lookNow(path)
    if (why) passedOver.push(leftAlone(path, why))
    else if (kind?.isDirectory()) names.push(...(await namesBelow(folder, passedOver, name)))
    else if (kind?.isFile()) names.push(name)
    else passedOver.push(`${path} is left alone: it is a link or no file at all, and links are not followed.`)
  }
  return names
}

async function lookNow(path: string) {
  return lstat(path).catch((error: unknown) => {
    throw usage(describeFileError(error, path) ?? `Cannot read ${path}.`)
  })
}

const longestName = 255

/** Throws CommandFailed USAGE for what is no plain file, is empty, or has a name that no manifest holds. */
export async function outgoingFile(
  path: string,
  name = basename(path),
  how: { readonly noLinks?: true } = {},
): Promise<OutgoingFile> {
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
    open: () => readAsSeen(path, { size: found.size, ...how }),
  }
}

async function look(path: string) {
  return stat(path).catch(async (error: NodeJS.ErrnoException) => {
    const other = error.code === 'ENOENT' ? await spelledOtherwise(path) : null
    const said = describeFileError(error, path) ?? `Cannot read ${path}.`
    throw usage(other === null ? said : `${said} ${otherSpelling(other)}`)
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
