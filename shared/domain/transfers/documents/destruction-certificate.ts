// The destruction certificate: the housekeeper's signed word that a transfer's bodies and wrapped keys are gone, and until
// when backups may hold wrapped keys (ARCHITECTURE.md#destruction-certificate). Copies that recipients fetched are none
// of it.
import * as z from 'zod'
import { agreementReference, count, fileId, fingerprint, instant, origin, sha256Hex, transferId } from '../../values.ts'
import { mostFiles } from '../../policy/bounds.ts'
import { endings } from '../states.ts'

export const destructionCertificate = z.strictObject({
  type: z.literal('safehand.destruction-certificate/1'),
  origin,
  transfer: transferId,
  agreement: agreementReference,
  /** Null: it was never handed over. */
  note: sha256Hex.nullable(),
  ended: z.strictObject({ as: z.enum(endings), at: instant }),
  /** The manifest is one. A digest is null where the body never arrived whole. */
  files: z.array(z.strictObject({ id: fileId, length: count, bodyDigest: sha256Hex.nullable() })).max(mostFiles + 1),
  /** Packets with the session key, of every reader. */
  wrappedKeys: count,
  scanKeys: z.array(z.strictObject({ fingerprint, destroyedAt: instant })).max(1000),
  at: instant,
  backupsUntil: instant,
  /** Of the housekeeper's key. */
  fingerprint,
})
export type DestructionCertificate = z.infer<typeof destructionCertificate>
