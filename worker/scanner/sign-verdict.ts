// The verdict as the scan authority signs it (ARCHITECTURE.md#verdict-document): of what this process has just read, and of
// nothing that it found in a table. Whoever can write tables would have the scanner sign what was never scanned.
import { encodeDocument } from '#domain/document.ts'
import type { NewVerdict, NewVerdictDocument } from '#domain/transfers/changes.ts'
import { verdictDocument } from '#domain/transfers/documents/verdict.ts'
import type { TransferFacts } from '#domain/transfers/transfer.ts'
import type { SeenFileType } from '#domain/file-types.ts'
import { type FileId, type Fingerprint, manifestFileId, type Sha256Hex } from '#domain/values.ts'
import { signDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'
import type { ScannerAdapters } from './adapters.ts'
import type { Engine } from './readiness.ts'

export interface VerdictToSign extends Engine {
  /** As they were when the scan began: the note that was scanned is theirs. */
  readonly facts: TransferFacts
  readonly scanKey: Fingerprint
  readonly verdicts: readonly NewVerdict[]
  /** Octets of each plaintext; null where it could not be read. */
  readonly sizes: ReadonlyMap<FileId, number | null>
}

type Signing = Pick<ScannerAdapters, 'origin' | 'authority' | 'now'>

export async function signVerdict(
  { origin, authority, now }: Signing,
  { facts, scanKey, verdicts, sizes, engine, signatures }: VerdictToSign,
): Promise<NewVerdictDocument> {
  const { id, note } = facts.transfer
  if (note === null) throw new Error('what is scanned has a note')
  const at = now()
  const bytes = encodeDocument(verdictDocument, {
    type: 'safehand.verdict/1',
    origin,
    transfer: id,
    note: note.hash,
    scanKey,
    files: verdicts.map(({ file, bodyDigest, verdict, finding, typeSeen }) => ({
      id: file,
      bodyDigest,
      size: sizes.get(file) ?? null,
      verdict,
      finding,
      typeSeen,
    })),
    fileTypes: typesOf(verdicts),
    engine,
    signatures,
    at,
    fingerprint: authority.fingerprint,
  })
  const signature = new Uint8Array(await signDetached({ bytes, key: authority.privateKey, at }))
  return {
    hash: sha256Hex(bytes) as Sha256Hex,
    note: note.hash,
    signed: { bytes, signature },
    authority: authority.fingerprint,
    authorityBytes: authority.certificate,
  }
}

/** What could not be looked into is of no type that an agreement lists. */
function typesOf(verdicts: readonly NewVerdict[]): SeenFileType[] {
  const listed = verdicts.filter(({ file }) => file !== manifestFileId)
  const types = listed.flatMap(({ fileTypes }): readonly SeenFileType[] =>
    fileTypes.length > 0 ? fileTypes : ['other'],
  )
  return [...new Set(types)].toSorted()
}
