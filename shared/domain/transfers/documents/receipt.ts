// The receipt: a recipient says, signed, that the transfer with this note arrived and is theirs to keep
// (ARCHITECTURE.md#acknowledge).
import * as z from 'zod'
import { attestation } from './attestation.ts'

export const receipt = attestation.extend({
  type: z.literal('safehand.receipt/1'),
  /** False: released by an approver without a scan. */
  scanned: z.boolean(),
})
export type Receipt = z.infer<typeof receipt>
