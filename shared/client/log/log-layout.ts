// The folder of an exported log: C2SP tlog-tiles (`checkpoint`, `tile/..`, `tile/entries/..`) as any program of that
// kind reads it, and beside it what Safehand needs to know whose key signed it and who the committed values mean.
import { agreementDocuments, type AgreementDocuments } from '#contract/documents.ts'
import { type OpeningView, openingView } from '#contract/audit.ts'

export const checkpointPath = 'checkpoint'
/** JSON array of agreementDocuments: agreement, signatures, statements, rosters, keys, certificates. */
export const documentsPath = 'documents.json'
/** One JSON object a line, by entry; a line that is not there was erased. */
export const openingsPath = 'openings.jsonl'
/**
 * The C2SP verifier key of the log, one line, for programs that know no agreement. As it was found in the agreement under the
 * pinned root of who exported it; whoever has a root of their own compares it.
 */
export const vkeyPath = 'vkey'
export const readmePath = 'README.txt'

/** Takes files by their path in the folder. Nothing is written twice, nothing outside. */
export interface Sink {
  write(path: string, bytes: Uint8Array): Promise<void>
  append(path: string, bytes: Uint8Array): Promise<void>
}

/** A whole file, or null. Synchronous like tlog, which reads one tile at a time and so needs little memory. */
export interface Reader {
  read(path: string): Uint8Array | null
}

export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`)
}

/** Null for anything that is not what it should be. */
export function decodeDocuments(bytes: Uint8Array | null): AgreementDocuments[] | null {
  const parsed = agreementDocuments.array().safeParse(bytes && decodeJson(bytes))
  return parsed.success ? parsed.data : null
}

/** Line by line; undefined for a line that is no opening. */
export function* decodeOpenings(bytes: Uint8Array): Generator<OpeningView | undefined> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from)
    const until = end < 0 ? bytes.length : end
    const parsed = openingView.safeParse(decodeJson(bytes.subarray(from, until)))
    yield parsed.success ? parsed.data : undefined
    from = until + 1
  }
}

function decodeJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
