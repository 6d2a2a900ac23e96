// The leaf format of every log (ARCHITECTURE.md#entries): exact RFC 8785 bytes. Fields that name a person, a session or
// an address stand as salted commitments whose openings live elsewhere and can be erased without breaking the tree.
import * as z from 'zod'
import type { LogReference } from '../events.ts'
import {
  agreementReference,
  base64,
  type Bytes,
  correlationId,
  instant,
  line,
  organisationId,
  type origin,
  transferId,
} from '../values.ts'

/** base64(HMAC-SHA256(salt, value)), salt 32 random bytes: nothing about the value can be guessed from it. */
export const commitment = z.strictObject({ c: base64.length(44) })

export type Commitment = z.infer<typeof commitment>

const scalar = z.union([z.string().max(500), z.int(), z.boolean(), z.null()])

const detailValue = z.union([scalar, z.array(z.string().max(200)).max(100), commitment])

/** `ORIGIN/agreements/ID`, `ORIGIN/organisations/ID` or `ORIGIN/service` (C2SP tlog-checkpoint origin). */
export const logOrigin = z
  .string()
  .max(300)
  .regex(/^[a-z0-9.-]+\/(?:agreements\/[0-9a-f]{32}|organisations\/[0-9a-f]{32}|service)$/)
  .brand<'LogOrigin'>()

export type LogOrigin = z.infer<typeof logOrigin>

export const entry = z.strictObject({
  type: z.literal('safehand.entry/1'),
  log: logOrigin,
  event: line(60),
  at: instant,
  outcome: z.enum(['success', 'refused', 'failed']),
  /** The refusal's code (domain/refusals.ts), null for an act. */
  code: line(60).nullable(),
  actor: z.strictObject({
    kind: z.enum(['person', 'machine', 'service', 'operator', 'unknown']),
    organisation: organisationId.nullable(),
    account: commitment.nullable(),
  }),
  source: z.strictObject({
    client: z.enum(['web', 'api', 'cli', 'scanner', 'housekeeper', 'operator']),
    session: commitment.nullable(),
    address: commitment.nullable(),
  }),
  agreement: agreementReference.nullable(),
  transfer: transferId.nullable(),
  detail: z.record(line(60), detailValue),
  correlation: correlationId,
})

export type Entry = z.infer<typeof entry>

/** What is erasable: the value behind one commitment of one entry, by its path in the entry. */
export interface Opening {
  readonly field: string
  readonly salt: Bytes
  readonly value: string
}

export function logOriginOf(installation: z.infer<typeof origin>, log: LogReference): LogOrigin {
  return logOrigin.parse(log.kind === 'service' ? `${installation}/service` : `${installation}/${log.kind}s/${log.id}`)
}
