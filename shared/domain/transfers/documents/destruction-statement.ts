// The recipient's destruction statement: what became of the copy that they fetched, signed
// (ARCHITECTURE.md#destruction-statement).
import * as z from 'zod'
import { line } from '../../values.ts'
import { attestation } from './attestation.ts'

const what = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('destroyed'),
    how: line(500),
    /** Who saw it, where somebody did. */
    witness: line(120).nullable(),
  }),
  z.strictObject({ outcome: z.literal('kept-by-law'), because: line(500) }),
])
export type Destruction = z.infer<typeof what>

export const destructionStatement = attestation.extend({
  type: z.literal('safehand.destruction-statement/1'),
  what,
})
export type DestructionStatement = z.infer<typeof destructionStatement>
