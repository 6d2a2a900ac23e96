// The approval: an approver of the sending organisation, not the sender, answers for a transfer that waits for two people:
// it goes, or it is sent back; signed, with the reason (ARCHITECTURE.md#approval). What was not scanned is never called
// clean.
import * as z from 'zod'
import { line, sha256Hex } from '../../values.ts'
import { attestation } from './attestation.ts'

/** What could not be scanned, also when it is over the threshold; what is over it and clean; and neither. */
export const approvalAnswers = ['release-not-scanned', 'release-over-threshold', 'send-back'] as const
export type ApprovalAnswer = (typeof approvalAnswers)[number]

export const approval = attestation.extend({
  type: z.literal('safehand.approval/2'),
  /** The SHA-256 of the verdict that they saw. */
  verdict: sha256Hex,
  what: z.enum(approvalAnswers),
  reason: line(500),
})
export type Approval = z.infer<typeof approval>
