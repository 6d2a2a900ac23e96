// The verdict: the scanner's signed word on every file of one dispatch note, the manifest included, all at once
// (ARCHITECTURE.md#verdict-document). Signed by the scan authority that the agreement names, so that nobody else - not the
// service, nor a proxy before it - can say that something was scanned, or hide that it was not.
import * as z from 'zod'
import { seenFileType } from '../../file-types.ts'
import { mostFiles } from '../../policy/bounds.ts'
import { count, fileId, fingerprint, instant, line, origin, sha256Hex, transferId } from '../../values.ts'

/** The longest name of a finding: with it, the verdict on as many files as there may be is no more than 1 MiB. */
export const longestFinding = 100

const judgedFile = z.strictObject({
  id: fileId,
  /** Of the body that was read. */
  bodyDigest: sha256Hex,
  /** Octets of the plaintext; null: it could not be read to its verified end. */
  size: count.nullable(),
  verdict: z.enum(['clean', 'infected', 'unscannable']),
  /** Why it is not clean. */
  finding: line(longestFinding).nullable(),
  /** What its content is; null: of no recognised type. */
  typeSeen: line(40).nullable(),
})
export type JudgedFile = z.infer<typeof judgedFile>

export const verdictDocument = z.strictObject({
  type: z.literal('safehand.verdict/1'),
  origin,
  transfer: transferId,
  /** The dispatch note that was scanned: another note of the same transfer has no part in it. */
  note: sha256Hex,
  /** Of the scan certificate, whose key opened it and is destroyed afterwards. */
  scanKey: fingerprint,
  /** As in the note: the manifest is the last. */
  files: z
    .array(judgedFile)
    .min(2)
    .max(mostFiles + 1),
  /** Of all files but the manifest, and of each file in an archive, each once: by content and name together. */
  fileTypes: z.array(seenFileType).max(seenFileType.options.length),
  engine: line(200),
  /** Version and age. */
  signatures: line(200),
  at: instant,
  /** Of the scan authority's key. */
  fingerprint,
})
export type VerdictDocument = z.infer<typeof verdictDocument>
