// How every refusal travels: RFC 9457 problem details with a code, words for people and the id to quote to support.
import * as z from 'zod'

export const problemMediaType = 'application/problem+json'

export const problem = z.object({
  type: z.string(),
  /** What happened. */
  title: z.string(),
  status: z.int(),
  /** The clause or value it rests on; absent when the title says all. */
  detail: z.string().optional(),
  code: z.string(),
  /** What to do next. */
  action: z.string(),
  correlation: z.string(),
})
export type Problem = z.infer<typeof problem>

/** Headers of Safehand's own. */
export const headers = {
  idempotencyKey: 'Idempotency-Key',
  correlation: 'Safehand-Correlation',
  client: 'Safehand-Client',
  csrf: 'Safehand-CSRF',
} as const
