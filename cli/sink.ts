// Where collected files go: a hidden temporary file in its folder, for this user only, which gets its name when it was
// verified to its end. What is there already is never replaced.
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Sink, SinkFile } from '#client/collect-and-open.ts'

export function folderSink(into: string): Sink {
  return {
    async begin(path) {
      const folder = join(into, dirname(path))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return openFile({ folder, name: basename(path) })
    },
  }
}
async function openFile({ folder, name }: { readonly folder: string; readonly name: string }): Promise<SinkFile> {
  const unfinished = join(folder, `.safehand-${randomBytes(8).toString('hex')}.part`)
  const file = await open(unfinished, 'wx', 0o600)
  const remove = async () => {
    await file.close()
    await rm(unfinished, { force: true })
  }
  return {
    async write(piece) {
      await file.writeFile(piece)
    },
    async keep() {
      await file.sync()
      const place = await nameIt({ unfinished, folder, name })
      await remove()
      return place
    },
    discard: remove,
  }
}

interface Naming {
  readonly unfinished: string
  readonly folder: string
  readonly name: string
}

/** A hard link refuses to replace, which a rename would do silently. */
async function nameIt({ unfinished, folder, name }: Naming): Promise<string> {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  for (let copy = 1; ; copy += 1) {
    const place = join(folder, copy === 1 ? name : `${stem} (${copy})${extension}`)
    try {
      await link(unfinished, place)
      return place
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
