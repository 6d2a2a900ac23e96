// The manifest: the encrypted list of a transfer's files. It repeats what the note says in clear, so that a client
// which finds the two apart opens nothing, and holds what the service must not see: names, types, the case reference.
import * as z from 'zod'
import { accountId, count, fileId, fingerprint, line, origin, sha256Hex, transferId } from '../../values.ts'
import { recipients } from '../../policy/recipient.ts'

export const manifestFile = z.strictObject({
  id: fileId,
  /** As the sender named it; a client reduces it to one safe path component before it touches a disk. */
  name: z.string().min(1).max(255),
  mediaType: line(127),
  size: count,
  plaintextDigest: sha256Hex,
  /** SHA-256 of the whole file, for programs that know no other: in `v1-cfb` alone, where it must stand. */
  sha256: sha256Hex.optional(),
  bodyDigest: sha256Hex,
})
export type ManifestFile = z.infer<typeof manifestFile>

export const manifest = z.strictObject({
  type: z.literal('safehand.manifest/1'),
  origin,
  transfer: transferId,
  sender: z.strictObject({ account: accountId, fingerprint }),
  recipients,
  caseReference: line(120).nullable(),
  files: z.array(manifestFile).min(1).max(10_000),
})
export type Manifest = z.infer<typeof manifest>
