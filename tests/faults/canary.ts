// Looks for a text in everything that a whole installation keeps: every file below its folders, and the files that its
// processes hold open without a name. In the clear, in hex, and in Base64 wherever in its three alignments it lies.
import { createReadStream, type Dirent } from 'node:fs'
import { readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface Search {
  readonly folders: readonly string[]
  /** Of these processes, what is open. */
  readonly pids: readonly number[]
  readonly text: string
  /** Files that did not change since are not read again, ms since 1970; a disk of Ceph's never is. */
  readonly since: number
}

/** Where it was found; none is what everyone hopes for. */
export async function findCanary({ folders, pids, text, since }: Search): Promise<string[]> {
  const patterns = patternsOf(text)
  const paths = [
    ...(await Promise.all(folders.map((folder) => filesIn(folder, since)))).flat(),
    ...(await openFiles(pids)),
  ]
  const found: string[] = []
  for (const path of paths) if (await contains(path, patterns)) found.push(path)
  return found
}

export function patternsOf(text: string): readonly Buffer[] {
  const plain = Buffer.from(text, 'latin1')
  const hex = plain.toString('hex')
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), plain]).toString('base64')
    // The first and the last characters depend on their neighbours.
    return encoded.slice(offset === 0 ? 0 : offset + 1, encoded.length - 4)
  })
  return [text, hex, hex.toUpperCase(), ...base64].map((one) => Buffer.from(one, 'latin1'))
}

/** Octets; nothing else that an installation writes is as large. What objects a disk holds came over a wire that is watched. */
const disk = 2 ** 30

async function filesIn(folder: string, since: number): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const chosen = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => undefined)
      return found !== undefined && found.mtimeMs >= since && found.size <= disk
    }),
  )
  return paths.filter((_, index) => chosen[index])
}

/** Files that are open and were removed: of those there is nothing in any folder. */
async function openFiles(pids: readonly number[]): Promise<string[]> {
  const found: string[] = []
  for (const pid of pids) {
    const folder = `/proc/${pid}/fd`
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name)
      const target = await readlink(path).catch(() => '')
      if (target.startsWith('/') && target.endsWith(' (deleted)')) found.push(path)
    }
  }
  return found
}

async function contains(path: string, patterns: readonly Buffer[]): Promise<boolean> {
  const longest = Math.max(...patterns.map(({ length }) => length))
  let end: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      const bytes = Buffer.concat([end, piece])
      if (patterns.some((pattern) => bytes.includes(pattern))) return true
      end = bytes.subarray(Math.max(0, bytes.length - longest + 1))
    }
  } catch {
    // It is gone, or no file that can be read.
  }
  return false
}
