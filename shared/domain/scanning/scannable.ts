// What a scan for viruses takes (ARCHITECTURE.md#large-files): a stream as large as clamd reads, and flat text of any
// size, in windows. A sender is told of it before anything is encrypted; the scanner decides by what it reads.
import type { Flow } from '../agreements/agreement.ts'

const mebibyte = 1024 * 1024

/** Octets in one scan; clamd answers larger streams with MaxFileSize, whatever it is set to. */
export const largestScan = 2047 * mebibyte

/** Files that are lines of text from end to end, by the type that the manifest gives them. */
const flatTypes: readonly string[] = [
  'text/plain',
  'text/csv',
  'text/tab-separated-values',
  'application/jsonl',
  'application/x-ndjson',
]

export function isFlat(mediaType: string | undefined): boolean {
  const [type = ''] = (mediaType ?? '').split(';')
  return flatTypes.includes(type.trim().toLowerCase())
}

/** Whether an approver may release what could not be looked into; where not, it is rejected. */
export function mayGoUnscanned({ malwareAssurance }: Pick<Flow, 'malwareAssurance'>): boolean {
  return malwareAssurance === 'SENDER_DECLARED'
}

/** `size`: octets of the plaintext. */
export function isTooLargeToScan({ size, mediaType }: { readonly size: number; readonly mediaType: string }): boolean {
  return size > largestScan && !isFlat(mediaType)
}
