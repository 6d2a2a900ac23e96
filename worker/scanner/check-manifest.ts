// The encrypted manifest must say the same as the signed note and as the files that were read: else a recipient would be
// shown names for other files than those that were scanned (ARCHITECTURE.md#scan). Pure; the manifest is hostile.
import { parseContents } from '#domain/transfers/documents/contents.ts'
import type { BodyEntry, DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import type { Manifest, ManifestFile } from '#domain/transfers/documents/manifest.ts'
import type { TransferFile } from '#domain/transfers/transfer.ts'
import { manifestFileId } from '#domain/values.ts'
import type { ScannedFile } from './scan-file.ts'

export interface ManifestToCheck {
  /** The manifest's plaintext, at most one octet more than it may have. */
  readonly bytes: Uint8Array
  readonly note: DispatchNote
  readonly scanned: readonly ScannedFile[]
  /** As the draft has them: the threshold was asked with their sizes. */
  readonly files: readonly Pick<TransferFile, 'id' | 'size'>[]
}

/** What is wrong with it, as the finding of the manifest's verdict; null when nothing is. */
export function checkManifest({ bytes, note, scanned, files: drafted }: ManifestToCheck): string | null {
  const parsed = parseContents(note.profile, bytes)
  if (!parsed.ok) return 'Safehand.Manifest.Malformed'
  if (!sameAsNote(parsed.value, note)) return 'Safehand.Manifest.NotAsNoted'
  const files = note.files.filter(({ id }) => id !== manifestFileId)
  const same =
    files.length === parsed.value.files.length &&
    parsed.value.files.every(
      (listed, index) => isAsNoted(listed, files[index]) && isAsDrafted(listed, drafted) && isAsRead(listed, scanned),
    )
  return same ? null : 'Safehand.Manifest.OtherFiles'
}

function sameAsNote({ origin, transfer, sender, recipients }: Manifest, note: DispatchNote): boolean {
  return (
    origin === note.origin &&
    transfer === note.transfer &&
    sender.account === note.sender.account &&
    sender.fingerprint === note.sender.fingerprint &&
    JSON.stringify(recipients) === JSON.stringify(note.recipients)
  )
}

function isAsNoted(listed: ManifestFile, noted: BodyEntry | undefined): boolean {
  return listed.id === noted?.id && listed.bodyDigest === noted.bodyDigest
}

function isAsDrafted({ id, size }: ManifestFile, drafted: ManifestToCheck['files']): boolean {
  const said = drafted.find((file) => file.id === id)?.size ?? null
  return said === null || said === size
}

/** Files that could not be read have a finding of their own. */
function isAsRead({ id, size, plaintextDigest, sha256 }: ManifestFile, scanned: readonly ScannedFile[]): boolean {
  const found = scanned.find(({ file }) => file === id)
  if (!found) return false
  const { plaintext } = found
  if (plaintext === null) return true
  const same = size === plaintext.length && plaintextDigest === plaintext.digest
  return same && (sha256 ?? null) === plaintext.sha256
}
