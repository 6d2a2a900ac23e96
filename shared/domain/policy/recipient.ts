// Whom a transfer is for: people and teams, as an agreement's flow lets them be named.
import * as z from 'zod'
import { accountId, organisationId, teamId } from '../values.ts'

/** A recipient is a person, or a team of which the first member who collects does so for all (ARCHITECTURE.md#team). */
export const recipient = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('person'), organisation: organisationId, account: accountId }),
  z.strictObject({ kind: z.literal('team'), organisation: organisationId, team: teamId }),
])

export type Recipient = z.infer<typeof recipient>

/** Each at most once: a recipient is one delivery. */
export const recipients = z
  .array(recipient)
  .min(1)
  .max(500)
  .refine((list) => new Set(list.map((one) => JSON.stringify(one))).size === list.length, 'names somebody twice')
