// Where collected files go: a hidden temporary file in the folder, for this user only, which gets its name when it was
// verified to its end. What is there already is never replaced, and nothing is written into a folder that the collection did
// not make itself, nor through a link: names come from the sender.
import { randomBytes } from 'node:crypto'
import { link as hardLink, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { extname, join } from 'node:path'
import type { Sink, SinkFile } from '#client/collect/collect-and-open.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'
import { partialFile } from './partial-file.ts'

export interface NamingEffects {
  readonly link: (existing: string, place: string) => Promise<void>
}

export function folderSink(into: string, { link }: NamingEffects = { link: hardLink }): Sink {
  let swept: Promise<void> | null = null
  const clean = async () => {
    await mkdir(into, { recursive: true, mode: 0o700 })
    await sweep(into)
  }
  const folders = createFolders(into)
  return {
    async begin(path) {
      swept ??= clean()
      await swept
      const components = path.split('/')
      const name = components.pop() ?? ''
      return openFile({ into, name, folder: await folders.make(components), refuseLinks: folders.refuseLinks, link })
    },
    partial: (of) => partialFile(into, of),
  }
}

/** Folders of one collection below `into`, each made here, whatever a file system thinks of capitals. */
function createFolders(into: string) {
  const made = new Map<string, Promise<string>>()
  const make = (components: readonly string[]): Promise<string> => {
    const name = components.at(-1)
    if (name === undefined) return Promise.resolve(into)
    if (/^\.{0,2}$/.test(name)) throw new TypeError('no safe component of a path')
    const key = components.join('/').toLowerCase()
    const folder = made.get(key) ?? make(components.slice(0, -1)).then((above) => makeNew(above, name))
    made.set(key, folder)
    return folder
  }
  return {
    make,
    /** Throws CommandFailed when a folder was exchanged for a link since it was made. */
    async refuseLinks() {
      for (const folder of await Promise.all(made.values())) {
        const found = await lstat(folder).catch(() => null)
        if (!found?.isDirectory()) throw exchanged(folder)
      }
    },
  }
}

/** Never one that is there already, which may be somebody's, or lead elsewhere. */
async function makeNew(above: string, name: string): Promise<string> {
  for (let copy = 1; ; copy += 1) {
    const folder = join(above, copy === 1 ? name : `${name} (${copy})`)
    try {
      await mkdir(folder, { mode: 0o700 })
      return folder
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function exchanged(folder: string): CommandFailed {
  const message = `${folder} is not the folder any more that was made for these files: somebody exchanged it. Nothing is written there; collect into another folder.`
  return new CommandFailed({ exit: exitCodes.refusedByClient, code: 'FOLDER_EXCHANGED', message })
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

interface FileToOpen extends NamingEffects {
  readonly into: string
  /** `into`, or below it. */
  readonly folder: string
  readonly name: string
  readonly refuseLinks: () => Promise<void>
}

/** Temporary in `into` itself, so that the next collection into it finds what a killed one left, whatever its folders were. */
async function openFile({ into, folder, name, refuseLinks, link }: FileToOpen): Promise<SinkFile> {
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
      await refuseLinks()
      const place = await nameIt({ temporary, folder, name, link })
      // Exchanged in between: what was just named there is ours, and goes.
      await refuseLinks().catch(async (error: unknown) => {
        await rm(place, { force: true })
        throw error
      })
      await remove()
      return place
    },
    discard: remove,
  }
}

interface Naming extends NamingEffects {
  readonly temporary: string
  readonly folder: string
  readonly name: string
}

async function nameIt({ temporary, folder, name, link }: Naming): Promise<string> {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  for (let copy = 1; ; copy += 1) {
    const place = join(folder, copy === 1 ? name : `${stem} (${copy})${extension}`)
    try {
      await nameOnce({ temporary, place, link })
      return place
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/**
 * Throws EEXIST, and replaces nothing. A hard link does that in one step. Where the file system has none (exFAT, some
 * shares; each system says so by another code), the name is taken by an empty file of our own, which a rename then replaces:
 * a machine that stops between the two leaves the empty file.
 */
async function nameOnce({
  temporary,
  place,
  link,
}: NamingEffects & { readonly temporary: string; readonly place: string }): Promise<void> {
  try {
    return await link(temporary, place)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
  }
  await (await open(place, 'wx', 0o600)).close()
  try {
    await rename(temporary, place)
  } catch (error) {
    await rm(place, { force: true })
    throw error
  }
}
