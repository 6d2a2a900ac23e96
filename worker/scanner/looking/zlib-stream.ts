// Whether what nobody recognises is a zlib stream (RFC 1950): its two first octets are too few for a mark, so that its
// beginning is unpacked. What is random fails within some octets. The content is hostile.
import { constants, inflateSync } from 'node:zlib'

const mostUnpacked = 1024 * 1024

export function isZlibStream(head: Uint8Array): boolean {
  const [method = 0, flags = 0] = head
  if ((method & 0x0f) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0 || (flags & 0x20) !== 0)
    return false
  try {
    return inflateSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostUnpacked }).length > 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
  }
}
