// The approval: an approver of the sending organisation, not the sender, answers for a transfer that waits for two people:
// it goes, or it is sent back; signed, with the reason (DESIGN 4.5, 5). What was not scanned is never called clean.
import * as z from 'zod'
import { rosterReference } from '../organisations/roster.ts'
import { accountId, fingerprint, instant, line, origin, sha256Hex, transferId } from '../values.ts'

/** What could not be scanned, also when it is over the threshold; what is over it and clean; and neither. */
export const approvalAnswers = ['release-not-scanned', 'release-over-threshold', 'send-back'] as const
export type ApprovalAnswer = (typeof approvalAnswers)[number]

export const approval = z.strictObject({
  type: z.literal('safehand.approval/1'),
  origin,
  transfer: transferId,
  note: sha256Hex,
  account: accountId,
  fingerprint,
  what: z.enum(approvalAnswers),
  reason: line(500),
  at: instant,
  roster: rosterReference,
})
export type Approval = z.infer<typeof approval>
