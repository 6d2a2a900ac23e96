/**
 * Inflating for shared/openpgp (its `Inflate`): raw DEFLATE and zlib, never further than somebody reads, so that a bomb
 * ends where its reader stops. What follows the end of the compressed stream is an error.
 */
import { pipeline, Readable } from 'node:stream'
import { createInflate, createInflateRaw } from 'node:zlib'

type Compressed = { format: 'zip' | 'zlib'; source: AsyncIterable<Uint8Array> }

const PIECE = 64 * 1024

/**
 * Throws what the source throws, a RangeError when octets follow the end of the compressed stream, and another Error for
 * octets that are not of that format or end early.
 */
export async function* inflate({ format, source }: Compressed): AsyncGenerator<Uint8Array> {
  const engine = format === 'zlib' ? createInflate({ chunkSize: PIECE }) : createInflateRaw({ chunkSize: PIECE })
  let given = 0
  const counted = async function* () {
    for await (const piece of source) {
      given += piece.length
      yield piece
    }
  }
  // Errors arrive through `engine`; the callback is only there so that nothing is thrown beside it.
  pipeline(Readable.from(counted(), { highWaterMark: 1 }), engine, () => {})
  yield* engine
  if (engine.bytesWritten < given) throw new RangeError('octets follow the end of the compressed stream')
}
