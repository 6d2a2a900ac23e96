// The approval: an approver of the sending organisation lets a transfer go that could not be scanned, signed, with the
// reason (DESIGN 4.5, 5). What is released by it is never called clean.
import * as z from 'zod'
import { rosterReference } from '../organisations/roster.ts'
import { accountId, fingerprint, instant, line, origin, sha256Hex, transferId } from '../values.ts'

export const approval = z.strictObject({
  type: z.literal('safehand.approval/1'),
  origin,
  transfer: transferId,
  note: sha256Hex,
  account: accountId,
  fingerprint,
  what: z.literal('release-not-scanned'),
  reason: line(500),
  at: instant,
  roster: rosterReference,
})
export type Approval = z.infer<typeof approval>
