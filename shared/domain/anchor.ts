// What a client pins, as it is kept on disk: the one thing it believes without proof (ARCHITECTURE.md#anchor).
import * as z from 'zod'
import { fingerprint, organisationId, origin } from './values.ts'

/** Highest sequence of statement and roster that this client accepted; 0 for none yet. */
const seenSequences = z.strictObject({ statement: z.int().nonnegative(), roster: z.int().nonnegative() })
export type SeenSequences = z.infer<typeof seenSequences>

export const anchor = z.strictObject({
  origin,
  root: fingerprint,
  /** What was pinned before, oldest first: each named its successor. */
  former: z.array(fingerprint).max(100).optional(),
  /** Learned from the first statement that verified under the root. */
  organisation: organisationId.optional(),
  seen: z.record(organisationId, seenSequences),
  /** Encryption subkeys that a verified log says were revoked: a service that hides it has nothing wrapped for them. */
  revoked: z.array(fingerprint).max(100_000).optional(),
})
export type Anchor = z.infer<typeof anchor>
