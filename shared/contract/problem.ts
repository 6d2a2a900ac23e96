// How every refusal travels: RFC 9457 problem details with a code, words for people and the id to quote to support. Its
// `type` is an address that says so at more length.
import * as z from 'zod'

export const problemMediaType = 'application/problem+json'

export const problem = z.object({
  /** The page of its code, below the service's own address. */
  type: z.string(),
  /** What happened. */
  title: z.string(),
  status: z.int(),
  /** The clause or value it rests on; absent when the title says all. */
  detail: z.string().optional(),
  /** This one occurrence: the page, and this request's id. */
  instance: z.string(),
  code: z.string(),
  /** What to do next. */
  action: z.string(),
  correlation: z.string(),
})
export type Problem = z.infer<typeof problem>

/** Where a code is explained; without one, where all are. */
export function problemPath(code?: string): string {
  return code === undefined ? '/api/problems' : `/api/problems/${code}`
}

/** Headers of Safehand's own. */
export const headers = {
  idempotencyKey: 'Idempotency-Key',
  correlation: 'Safehand-Correlation',
  client: 'Safehand-Client',
  csrf: 'Safehand-CSRF',
} as const
