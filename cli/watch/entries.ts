// What stands in a watched folder: files, and folders as wholes. Looked at again and again, by polling: such folders are on
// network drives, where the system tells nobody what another machine wrote, and a file has settled only when it was looked
// at twice anyway. Links are seen and never followed.
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Seen } from './settling.ts'

export interface Entry extends Seen {
  /** Paths from the watched folder on; of a folder all that is in it, in order. */
  readonly files: readonly string[]
  /** Something in it is a link, or no file at all. */
  readonly hasOther: boolean
}

export const sentFolder = 'sent'
export const refusedFolder = 'refused'

export async function listEntries(folder: string): Promise<readonly Entry[]> {
  const names = (await readdir(folder)).filter((name) => name !== sentFolder && name !== refusedFolder)
  const shown = names.filter((name) => !isHidden(name) && !isTemporary(name)).toSorted()
  return (await Promise.all(shown.map((name) => lookAtEntry(folder, name)))).filter((entry) => entry !== null)
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
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

interface Content {
  readonly file: string
  readonly kind: 'file' | 'other' | 'temporary'
  readonly looks: string
}

async function contentsOf(folder: string, file: string): Promise<readonly Content[]> {
  const found = await lstat(join(folder, file))
  if (!found.isDirectory()) {
    return [{ file, kind: found.isFile() ? 'file' : 'other', looks: `${found.ino} ${found.size} ${found.mtimeMs}` }]
  }
  const names = (await readdir(join(folder, file))).filter((name) => !isHidden(name)).toSorted()
  const below = await Promise.all(
    names.map((name) => {
      const within = `${file}/${name}`
      return isTemporary(name) ? [{ file: within, kind: 'temporary' as const, looks: '' }] : contentsOf(folder, within)
    }),
  )
  return below.flat()
}

function isHidden(name: string): boolean {
  return name.startsWith('.')
}

/** As browsers, copying programs and offices name what they are still writing. */
function isTemporary(name: string): boolean {
  return name.startsWith('~$') || /\.(part|tmp|filepart|crdownload)$/i.test(name)
}
