// The addendum: one more reader of a transfer that is released, whose bodies stay as they are
// (ARCHITECTURE.md#addendum). Signed by the sender, or by a member of an addressed team for another member of it.
// Readers count a note and its addenda only.
import * as z from 'zod'
import { rosterReference } from '../../organisations/roster.ts'
import {
  accountId,
  count,
  fingerprint,
  instant,
  line,
  organisationId,
  origin,
  sha256Hex,
  transferId,
} from '../../values.ts'
import { recipient } from '../../policy/recipient.ts'

export const addendum = z.strictObject({
  type: z.literal('safehand.addendum/1'),
  origin,
  transfer: transferId,
  /** The dispatch note that it adds to. */
  note: sha256Hex,
  signer: z.strictObject({ account: accountId, organisation: organisationId, fingerprint, roster: rosterReference }),
  /** As whom the reader is addressed: themselves, or a team that the note names. */
  recipient,
  reader: z.strictObject({ account: accountId, encryptionSubkey: fingerprint }),
  /** The session key wrapped for that subkey: one packet for each key set of the note, in its order. */
  wrapped: z
    .array(z.strictObject({ keySet: count, pkesk: sha256Hex }))
    .min(1)
    .max(10_001),
  reason: line(500),
  at: instant,
})
export type Addendum = z.infer<typeof addendum>
