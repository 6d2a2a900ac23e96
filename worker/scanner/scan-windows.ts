// What clamd cannot take whole (ARCHITECTURE.md#large-files): it reads at most 2,047 MiB. Flat text is given to it in
// windows that overlap, one after the other in the same single read; what ends one window begins the next. Only for
// text: an archive may say at its end what it is, so every octet must be UTF-8 and none of them NUL, whatever the
// sender calls the file.
import { largestScan } from '#domain/scanning/scannable.ts'
import { type ClamdAddress, type ScanResult, scanStream } from '#platform/clamd.ts'

export interface Windows {
  /** Octets that clamd takes in one stream. */
  readonly largest: number
  /** Octets of one window. */
  readonly size: number
  /** Octets of a window that its successor begins with: no finding is longer. */
  readonly overlap: number
}

const MiB = 1024 * 1024
export const clamdWindows: Windows = { largest: largestScan, size: 1024 * MiB, overlap: 16 * MiB }

export interface FlatText {
  readonly clamd: ClamdAddress
  readonly bytes: AsyncIterable<Uint8Array>
  readonly windows: Pick<Windows, 'size' | 'overlap'>
}

/** The first window that is not clean decides. What `bytes` throws comes through as it is; throws ClamdUnavailable. */
export async function scanInWindows({ clamd, bytes, windows }: FlatText): Promise<ScanResult> {
  const source = createWindows(textOnly(bytes), windows)
  try {
    for (;;) {
      const result = await scanStream({ clamd, bytes: source.next() })
      if (result.verdict !== 'clean' || source.isOver()) return result
    }
  } catch (error) {
    if (error instanceof NotText) return { verdict: 'unscannable', name: 'Safehand.Unscannable.NotText' }
    throw error
  }
}

class NotText extends Error {
  override readonly name = 'NotText'
}

async function* textOnly(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const check = (piece?: Uint8Array) => {
    try {
      decoder.decode(piece, { stream: piece !== undefined })
    } catch {
      throw new NotText('not UTF-8')
    }
    if (piece?.includes(0)) throw new NotText('a NUL')
  }
  for await (const piece of bytes) {
    check(piece)
    yield piece
  }
  check()
}

function createWindows(source: AsyncGenerator<Uint8Array>, { size, overlap }: Pick<Windows, 'size' | 'overlap'>) {
  let rest: Uint8Array = new Uint8Array()
  let tail: Uint8Array[] = []
  let over = false
  const read = async () => {
    const next = rest.length > 0 ? { done: false, value: rest } : await source.next()
    return next.done ? undefined : (next.value as Uint8Array)
  }
  return {
    isOver: () => over,
    /** One window; leaving it early leaves the source where it is. */
    async *next(): AsyncGenerator<Uint8Array> {
      const begin = tail
      tail = []
      yield* begin
      for (let at = begin.reduce((sum, { length }) => sum + length, 0); at < size; ) {
        const piece = await read()
        if (piece === undefined) {
          over = true
          return
        }
        const taken = piece.subarray(0, size - at)
        rest = piece.subarray(taken.length)
        const kept = taken.subarray(Math.max(0, size - overlap - at))
        if (kept.length > 0) tail.push(kept.slice())
        at += taken.length
        yield taken
      }
    },
  }
}
