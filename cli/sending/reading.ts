// Reading a file that was looked at before: what is read is a plain file of the same size, and the same from its first octet
// to its last. What stands in its place meanwhile - a link, a pipe, a folder, a longer file - is another file.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { EnvelopeError } from '#openpgp/envelope-error.ts'

const readAtOnce = 1024 * 1024

export interface ToRead {
  readonly size: number
  /** A link is another file, too. */
  readonly noLinks?: true
}

/** Throws EnvelopeError SOURCE_CHANGED at the latest at its end, and what the file system throws. */
export async function* readAsSeen(path: string, { size, noLinks }: ToRead): AsyncGenerator<Uint8Array> {
  // A pipe would keep whoever opens it waiting for ever.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (noLinks ? (constants.O_NOFOLLOW ?? 0) : 0)
  await using file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? changed() : error
  })
  const before = await file.stat()
  if (!before.isFile() || before.size !== size) throw changed()
  for (let offset = 0; offset < size; ) {
    const { bytesRead, buffer } = await file.read({
      buffer: new Uint8Array(Math.min(readAtOnce, size - offset)),
      position: offset,
    })
    if (bytesRead === 0) throw changed()
    offset += bytesRead
    if (offset === size) {
      const after = await file.stat()
      if (after.size !== size || after.mtimeMs !== before.mtimeMs) throw changed()
    }
    yield buffer.subarray(0, bytesRead)
  }
}

export function changed(): EnvelopeError {
  return new EnvelopeError('SOURCE_CHANGED', 'source-other')
}
