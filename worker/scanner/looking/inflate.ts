// A deflated stream (RFC 1951) inside another one: inflated as it comes, and what stands behind its last octet is given
// back. Little is fed at once, because a thousand times as much may come out.
import { createInflateRaw } from 'node:zlib'
import { setImmediate as immediately } from 'node:timers/promises'
import { NotLookedInto } from './not-looked-into.ts'
import type { Reader } from './reader.ts'

const fedAtOnce = 16 * 1024

export async function* inflated(reader: Reader): AsyncGenerator<Uint8Array> {
  const inflater = createInflateRaw()
  const out: Uint8Array[] = []
  let failure: Error | undefined
  let over = false
  let goOn = () => {}
  inflater.on('data', (piece: Uint8Array) => out.push(piece))
  inflater.on('end', () => {
    over = true
  })
  inflater.on('error', (error) => {
    failure = error
    goOn()
  })
  try {
    let fed = 0
    while (!over) {
      const piece = await reader.some()
      if (piece === undefined) await immediately()
      if (over) {
        reader.unread(piece ?? new Uint8Array())
        break
      }
      if (piece === undefined) throw new NotLookedInto('Cut')
      for (let at = 0; at < piece.length && !over; at += fedAtOnce) {
        const part = piece.subarray(at, at + fedAtOnce)
        await new Promise<void>((resolve) => {
          goOn = resolve
          inflater.write(part, () => resolve())
        })
        if (failure !== undefined) throw new NotLookedInto('Malformed')
        fed += part.length
        yield* out.splice(0)
        const unused = fed - inflater.bytesWritten
        if (over) reader.unread(piece.subarray(at + part.length - unused))
      }
    }
    yield* out
  } finally {
    inflater.destroy()
  }
}
