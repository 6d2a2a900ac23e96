// Room for parts on their way to the object store, used again and again: 8 MiB of new memory for each part would keep
// the garbage collector busier than the upload itself. What is given back is overwritten by the next part.
import { partSize } from '#domain/transfers/dispatch-note.ts'

/** More uploads at once than this make room of their own. */
const kept = 4

export class PartBuffers {
  readonly #free: Uint8Array<ArrayBuffer>[] = []

  /** Of `partSize` octets, with whatever was in it. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(partSize)
  }

  /** Only when nobody reads it any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < kept) this.#free.push(buffer)
  }
}
