// What stands in a watched folder: files, and folders as wholes. Looked at again and again, by polling: such folders are on
// network drives, where the system tells nobody what another machine wrote, and a file has settled only when it was looked
// at twice anyway. Links are seen and never followed.
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { whyLeftAlone } from '#client/send/left-alone.ts'
import { leftAlone, notUtf8 } from '#words/en/files.ts'
import { namesIn, type OtherName } from '#platform/folder-names.ts'
import type { Seen } from './settling.ts'

export interface Entry extends Seen {
  /** Paths from the watched folder on; of a folder all that is in it, in order. */
  readonly files: readonly string[]
  /** Something in it is a link, or no file at all. */
  readonly hasOther: boolean
  /** Something in it has a name that is not in UTF-8, in words. */
  readonly badName: string | null
  /** Its own name, where that is what is not in UTF-8. */
  readonly octets?: Buffer
}

export interface Listed {
  readonly entries: readonly Entry[]
  /** Of what is left alone by its name, in words; what is this program's own is not said. */
  readonly leftAlone: readonly string[]
}

export const sentFolder = 'sent'
export const refusedFolder = 'refused'

export async function listEntries(folder: string): Promise<Listed> {
  const { names, others } = await namesIn(folder)
  const there = names.filter((name) => name !== sentFolder && name !== refusedFolder && !name.startsWith('.safehand-'))
  const alone = there.flatMap((name) => {
    const why = whyLeftAlone(name)
    return why ? [{ name, words: leftAlone(name, why) }] : []
  })
  const shown = there.filter((name) => whyLeftAlone(name) === null)
  const found = [...shown.map((name) => lookAtEntry(folder, name)), ...others.map((one) => lookAtOther(folder, one))]
  const entries = (await Promise.all(found)).filter((entry) => entry !== null)
  return { entries, leftAlone: alone.map(({ words }) => words) }
}

async function lookAtOther(folder: string, { octets, shown }: OtherName): Promise<Entry | null> {
  const found = await lstat(Buffer.concat([Buffer.from(`${folder}/`), octets])).catch(() => null)
  if (!found) return null
  const looks = `${found.ino} ${found.size} ${found.mtimeMs}`
  return { name: shown, octets, looks, files: [], hasOther: false, badName: notUtf8(shown) }
}

/** Null when it went meanwhile, or cannot be looked into yet. */
export async function lookAtEntry(folder: string, name: string): Promise<Entry | null> {
  try {
    const contents = await contentsOf(folder, name)
    const isWritten = contents.every(({ kind }) => kind !== 'temporary')
    return {
      name,
      looks: isWritten ? contents.map(({ file, looks }) => `${file} ${looks}`).join('\n') : null,
      files: contents.flatMap(({ file, kind }) => (kind === 'file' ? [file] : [])),
      hasOther: contents.some(({ kind }) => kind === 'other'),
      badName: contents.find(({ kind }) => kind === 'bad name')?.file ?? null,
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

interface Content {
  readonly file: string
  /** `bad name`: its file is in words. */
  readonly kind: 'file' | 'other' | 'temporary' | 'bad name'
  readonly looks: string
}

async function contentsOf(folder: string, file: string): Promise<readonly Content[]> {
  const found = await lstat(join(folder, file))
  if (!found.isDirectory()) {
    return [{ file, kind: found.isFile() ? 'file' : 'other', looks: `${found.ino} ${found.size} ${found.mtimeMs}` }]
  }
  const { names, others } = await namesIn(join(folder, file))
  const below = await Promise.all(
    names.map(async (name): Promise<readonly Content[]> => {
      const within = `${file}/${name}`
      const why = whyLeftAlone(name)
      if (why === null) return contentsOf(folder, within)
      return why === 'temporary' ? [{ file: within, kind: 'temporary', looks: '' }] : []
    }),
  )
  const bad = others.map(
    ({ shown }) => ({ file: notUtf8(`${file}/${shown}`), kind: 'bad name', looks: shown }) as const,
  )
  return [...below.flat(), ...bad]
}
