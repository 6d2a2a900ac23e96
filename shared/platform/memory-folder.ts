/** clamd writes plaintext to its temporary folder: it must lie in memory, have room, and be empty at every start. */
import { readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** File system types of Linux that live in memory: tmpfs, ramfs. (tmpfs may swap: swap off is checked elsewhere.) */
const IN_MEMORY = new Set([0x01021994, 0x858458f6])

export class NotInMemory extends Error {
  override readonly name = 'NotInMemory'
}

/** Free octets of a folder on a memory file system; throws `NotInMemory` for any other. */
export async function memoryRoom(folder: string): Promise<number> {
  const { type, bavail, bsize } = await statfs(folder)
  if (!IN_MEMORY.has(type))
    throw new NotInMemory(`${folder} is not on a memory file system (tmpfs): nothing is scanned`)
  return bavail * bsize
}

/** Removes everything in the folder, and only when it lies in memory: a wrong setting must not empty a disk. */
export async function emptyMemoryFolder(folder: string): Promise<void> {
  await memoryRoom(folder)
  const names = await readdir(folder)
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })))
}
