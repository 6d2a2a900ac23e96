// What arrived of a file before a cut: ciphertext in a hidden file of the folder it goes to, whose name says which version of
// which file. What is opened of it meanwhile is sink.ts's. Somebody else may write into that folder: nothing is written
// through a link that has such a name.
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PartialFile } from '#client/collect/fetch-body.ts'
import type { FileId, TransferId } from '#domain/values.ts'

/** Windows has no such links without rights that make them harmless, and no such flag. */
const noLink = constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)

export async function partialFile(
  folder: string,
  { transfer, file }: { readonly transfer: TransferId; readonly file: FileId },
): Promise<PartialFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const beginning = `.safehand-${transfer}-${file}.`
  const [name, ...others] = (await readdir(folder)).filter((one) => one.startsWith(beginning))
  // Of two versions nobody knows which goes on.
  for (const one of others) await rm(join(folder, one), { force: true })
  const digest = /^\.([0-9a-f]{64})\.encrypted$/.exec(name?.slice(beginning.length - 1) ?? '')?.[1]
  let path = name === undefined ? null : join(folder, name)
  let handle: FileHandle | null = null
  const close = async () => {
    await handle?.close()
    handle = null
  }
  const remove = async () => {
    await close()
    if (path) await rm(path, { force: true })
    path = null
  }
  const found = path === null ? null : await lstat(path)
  if (!(found?.isFile() && found.nlink === 1)) await remove()
  const length = path && digest ? (found?.size ?? 0) : 0
  return {
    etag: path === null || digest === undefined ? null : `"${digest}"`,
    length,
    async *read() {
      if (path && length > 0) yield* createReadStream(path, { end: length - 1, highWaterMark: 1024 * 1024 })
    },
    async restart(etag) {
      await remove()
      const [, named] = /^"([0-9a-f]{64})"$/.exec(etag) ?? []
      if (named === undefined) return
      path = join(folder, `${beginning}${named}.encrypted`)
      handle = await open(path, 'wx', 0o600)
    },
    async append(piece) {
      if (path === null) return
      handle ??= await open(path, noLink, 0o600)
      await handle.writeFile(piece)
    },
    close,
    remove,
  }
}
