// What people read while a command waits for the service. The virus check's key is asked for in rounds, in two places: that is
// one line, once.
import { busyWords, readyForScanWords } from '#words/en/batch.ts'
import type { Output } from './output.ts'

export function sayWaiting(output: Output): (seconds: number, code: string | null) => void {
  return (seconds, code) =>
    code === 'SCAN_NOT_READY' ? output.noteOnce(readyForScanWords) : output.note(busyWords(seconds))
}
