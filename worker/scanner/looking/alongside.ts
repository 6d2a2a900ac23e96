// Looks into a stream while somebody else reads it: one read for both. Who reads decides how far; the look is only worth
// something when that was to the end.
import { type Looked, lookInto } from './look-into.ts'

interface Look {
  readonly bytes: AsyncIterable<Uint8Array>
  /** What was found; null when the stream was not read to its end. */
  finish(): Promise<Looked | null>
  close(): Promise<void>
}

export function alongside(source: AsyncIterable<Uint8Array>, about: Parameters<typeof lookInto>[1]): Look {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  let whole = false
  const looking = lookInto(readable, about)
  // Who reads may have failed first; then nobody asks.
  looking.catch(() => {})
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      await Promise.race([writer.ready, looking])
      writer.write(piece).catch(() => {})
      yield piece
    }
    whole = true
    await Promise.race([writer.close(), looking])
  }
  return {
    bytes: read(),
    finish: async () => (whole ? await looking : null),
    close: async () => {
      await writer.abort().catch(() => {})
    },
  }
}
