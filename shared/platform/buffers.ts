/**
 * Has V8 collect buffers when they have grown, and not every moment. Streams make garbage of buffers outside its heap.
 * By default V8 answers every 10 to 20 MiB of it with a collection of the whole heap: measured at an upload, two thirds
 * of the server's CPU time, for no memory saved. Counted together with the heap, as V8 can, buffers are collected when
 * they have grown in proportion to what lives. It costs some 15 MiB at the peak: the command line, which has the least
 * room below its 64 MiB of growth, does without.
 */
import { setFlagsFromString } from 'node:v8'

/** Once, at the start of a process that carries files. */
export function countBuffersWithHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}
