// The organisation statement: the offline root says which roster keys may sign rosters, and for how long
// (ARCHITECTURE.md#statement).
import * as z from 'zod'
import { fingerprint, instant, line, organisationId, origin, sha256Hex } from '../values.ts'

/** A key of the organisation's administrators that may sign rosters between two instants. */
export const keyPeriod = z.strictObject({ fingerprint, from: instant, until: instant })
export type KeyPeriod = z.infer<typeof keyPeriod>

export const statement = z.strictObject({
  type: z.literal('safehand.organisation-statement/1'),
  origin,
  organisation: organisationId,
  name: line(120),
  sequence: z.int().positive(),
  previous: sha256Hex.nullable(),
  issued: instant,
  expires: instant,
  root: fingerprint,
  rosterKeys: z.array(keyPeriod).min(1).max(20),
  successorRoot: fingerprint.nullable(),
})
export type Statement = z.infer<typeof statement>

/** A statement lives at most twelve months: 366 days. */
export const statementLifeDays = 366
