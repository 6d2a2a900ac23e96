// Decides the verdict on one file from what was read and found. Pure. A body that is not the one the sender signed, or
// whose session key is not the one that was committed to, is not looked into further: nobody may be given another file
// than the one that was scanned.
import type { NewVerdict } from '#domain/transfers/changes.ts'
import { longestFinding } from '#domain/transfers/documents/verdict.ts'
import type { BodyEntry } from '#domain/transfers/documents/dispatch-note.ts'
import type { Sha256Hex } from '#domain/values.ts'
import type { ScannedFile } from './scan-file.ts'

export interface FileToJudge {
  readonly scanned: ScannedFile
  /** What the sender attested of this file. */
  readonly attested: BodyEntry
  /** Recomputed from the session key and the body that was read; null when no session key could be unwrapped. */
  readonly commitment: Sha256Hex | null
  readonly engine: string
}

/** Stands where no session key could be unwrapped, so that nothing could be recomputed. */
export const noCommitment = '0'.repeat(64) as Sha256Hex

/** clamd found nothing before it was given everything. */
const notRead = 'Safehand.Unscannable.NotRead'

export function judgeFile({ scanned, attested, commitment, engine }: FileToJudge): NewVerdict {
  const { result, body, looked } = scanned
  const typeSeen = looked?.seen ?? null
  const fileTypes = looked?.fileTypes ?? ['other']
  const common = {
    file: scanned.file,
    engine,
    typeSeen,
    fileTypes,
    bodyDigest: body.digest,
    commitment: commitment ?? noCommitment,
  }
  if (result.verdict === 'infected') return { ...common, verdict: 'infected', finding: nameOf(result) }
  const unlike = differenceFromNote({ scanned, attested, commitment })
  if (unlike !== null) return { ...common, verdict: 'unscannable', finding: unlike }
  if (result.verdict === 'unscannable') return { ...common, verdict: 'unscannable', finding: nameOf(result) }
  const unopened = looked === null ? notRead : looked.finding
  if (unopened !== null) return { ...common, verdict: 'unscannable', finding: nameOf({ name: unopened }) }
  return { ...common, verdict: 'clean', finding: null }
}

function differenceFromNote({ scanned, attested, commitment }: Omit<FileToJudge, 'engine'>): string | null {
  const { digest, length } = scanned.body
  if (digest !== attested.bodyDigest || length !== attested.length) return 'Safehand.Body.Altered'
  if (commitment !== null && commitment !== attested.commitment) return 'Safehand.Commitment.Wrong'
  return null
}

/** One line of log and verdict: printable and not too long, whatever a signature is called. */
function nameOf({ name }: { readonly name: string }): string {
  return name.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, longestFinding) || '?'
}
