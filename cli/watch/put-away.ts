// Out of the watched folder: what was sent goes to `sent/`, what was refused to `refused/` with a page that says why. Nothing
// there is ever replaced.
import { lstat, mkdir, rename, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { refusedPage } from '#words/en/watch.ts'
import { usage } from '../terminal/exit-codes.ts'
import { refusedFolder, sentFolder } from './entries.ts'

/** Both folders are there afterwards. Throws CommandFailed USAGE for a link in their place: it would lead files elsewhere. */
export async function makeFolders(folder: string): Promise<void> {
  for (const name of [sentFolder, refusedFolder]) {
    const path = join(folder, name)
    await mkdir(path, { recursive: true }).catch(() => undefined)
    await requireFolder(path)
  }
}

async function requireFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (!found?.isDirectory()) throw usage(`${path} must be a folder, because files are moved there. Put it right first.`)
}

export async function putInSent(folder: string, name: string): Promise<void> {
  await move({ folder, name, to: sentFolder })
}

interface Refused {
  readonly name: string
  readonly octets?: Buffer
  readonly words: string
}

export async function putInRefused(folder: string, { name, octets, words }: Refused): Promise<void> {
  const place = await move({ folder, name, to: refusedFolder, ...(octets && { octets }) })
  if (place === null) return
  await writeFile(`${place}.txt`, refusedPage({ name, words }), { flag: 'wx' })
}

interface Moving {
  readonly folder: string
  /** As it is called afterwards. */
  readonly name: string
  /** As it is called now, where that is no UTF-8. */
  readonly octets?: Buffer
  readonly to: string
}

/** Null: somebody took it away first. Throws CommandFailed USAGE for a link that took the place of the folder. */
async function move({ folder, name, octets, to }: Moving): Promise<string | null> {
  await requireFolder(join(folder, to))
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  for (let copy = 1; ; copy += 1) {
    const place = join(folder, to, copy === 1 ? name : `${stem} (${copy})${extension}`)
    if ((await isThere(place)) || (await isThere(`${place}.txt`))) continue
    try {
      await rename(octets ? Buffer.concat([Buffer.from(`${folder}/`), octets]) : join(folder, name), place)
      return place
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null
}
