// The receipt: a recipient says, signed, that the transfer with this note arrived and is theirs to keep (DESIGN 5).
import * as z from 'zod'
import { rosterReference } from '../organisations/roster.ts'
import { accountId, fingerprint, instant, origin, sha256Hex, transferId } from '../values.ts'

export const receipt = z.strictObject({
  type: z.literal('safehand.receipt/1'),
  origin,
  transfer: transferId,
  note: sha256Hex,
  /** False: released by an approver without a scan. */
  scanned: z.boolean(),
  account: accountId,
  fingerprint,
  at: instant,
  roster: rosterReference,
})
export type Receipt = z.infer<typeof receipt>
