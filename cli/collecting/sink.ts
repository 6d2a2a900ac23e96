// Where collected files go: a hidden temporary file in its folder, for this user only, which gets its name when it was
// verified to its end. What is there already is never replaced.
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import type { Sink, SinkFile } from '#client/collect/collect-and-open.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { partialFile } from './partial-file.ts'

export function folderSink(into: string): Sink {
  let swept: Promise<void> | null = null
  const clean = async () => {
    await mkdir(into, { recursive: true, mode: 0o700 })
    await sweep(into)
  }
  return {
    async begin(path) {
      swept ??= clean()
      await swept
      const folder = join(into, dirname(path))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return openFile({ into, folder, name: basename(path) })
    },
    partial: (of) => partialFile(into, of),
  }
}

/** Names of temporary files say whose they are: this machine's (a folder may be shared), and which process's. */
const machine = sha256Hex(hostname()).slice(0, 8)
const temporaryName = /^\.safehand-([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.part$/

/** Plaintext that a killed process left half-written goes with the next collection into the same folder. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, where, pid] = temporaryName.exec(name) ?? []
    if (where === machine && !runs(Number(pid))) await rm(join(folder, name), { force: true })
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

interface FileToOpen {
  readonly into: string
  /** `into`, or below it. */
  readonly folder: string
  readonly name: string
}

/** Temporary in `into` itself, so that the next collection into it finds what a killed one left, whatever its folders were. */
async function openFile({ into, folder, name }: FileToOpen): Promise<SinkFile> {
  const temporary = join(into, `.safehand-${machine}-${process.pid}-${randomBytes(8).toString('hex')}.part`)
  const file = await open(temporary, 'wx', 0o600)
  const remove = async () => {
    await file.close()
    await rm(temporary, { force: true })
  }
  return {
    async write(piece) {
      await file.writeFile(piece)
    },
    async keep() {
      await file.sync()
      const place = await nameIt({ temporary, folder, name })
      await remove()
      return place
    },
    discard: remove,
  }
}

interface Naming {
  readonly temporary: string
  readonly folder: string
  readonly name: string
}

/** A hard link refuses to replace, which a rename would do silently. */
async function nameIt({ temporary, folder, name }: Naming): Promise<string> {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  for (let copy = 1; ; copy += 1) {
    const place = join(folder, copy === 1 ? name : `${stem} (${copy})${extension}`)
    try {
      await link(temporary, place)
      return place
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
