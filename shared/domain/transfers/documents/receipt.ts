// The receipt: a recipient says, signed, that the transfer with this note arrived and is theirs to keep
// (ARCHITECTURE.md#acknowledge).
import * as z from 'zod'
import { sha256Hex } from '../../values.ts'
import { attestation } from './attestation.ts'

export const receipt = attestation.extend({
  type: z.literal('safehand.receipt/2'),
  /** The SHA-256 of the verdict that they saw: two that differ come to light where receipt and verdict meet. */
  verdict: sha256Hex,
  /** False: released by an approver without a scan. */
  scanned: z.boolean(),
})
export type Receipt = z.infer<typeof receipt>
