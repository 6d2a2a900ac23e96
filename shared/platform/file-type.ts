// What a file's content is, by a kept library (`file-type`) from its beginning. The content is hostile.
import { fileTypeFromBuffer } from 'file-type'

/** Null: it cannot make it out. */
export async function seeFileType(head: Uint8Array): Promise<string | null> {
  try {
    return (await fileTypeFromBuffer(head))?.ext ?? null
  } catch {
    return null
  }
}
