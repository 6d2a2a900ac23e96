// The payload of every job: ids only, never names, keys or tokens (ARCHITECTURE.md#jobs). Relay and workers parse with
// these.
import * as z from 'zod'
import type { JobName } from '#domain/decision.ts'
import { accountMailTemplates } from '#domain/identity/changes.ts'
import { mailTemplates } from '#domain/transfers/changes.ts'
import { accountId, correlationId, fingerprint, sha256Hex, transferId } from '#domain/values.ts'

const correlation = { correlation: correlationId }

export const jobs = {
  'make-scan-certificate': z.strictObject({ transfer: transferId, ...correlation }),
  'scan-transfer': z.strictObject({ transfer: transferId, ...correlation }),
  'destroy-scan-key': z.strictObject({ transfer: transferId, fingerprint, ...correlation }),
  'release-transfer': z.strictObject({ transfer: transferId, ...correlation }),
  'abandon-transfer': z.strictObject({ transfer: transferId, ...correlation }),
  'expire-transfer': z.strictObject({ transfer: transferId, ...correlation }),
  'destroy-transfer': z.strictObject({ transfer: transferId, ...correlation }),
  'remind-transfer': z.strictObject({ transfer: transferId, ...correlation }),
  'activate-agreement': z.strictObject({ agreement: sha256Hex, ...correlation }),
  'send-mail': z.strictObject({
    template: z.enum(mailTemplates),
    account: accountId,
    transfer: transferId,
    ...correlation,
  }),
  'send-account-mail': z.strictObject({
    template: z.enum(accountMailTemplates),
    account: accountId,
    ...correlation,
  }),
} as const satisfies Record<JobName, z.ZodType>

export type JobPayload<N extends JobName> = z.infer<(typeof jobs)[N]>

/** Which of the two worker processes does a job: the one that parses hostile input does as little as possible. */
export const jobQueues = {
  'make-scan-certificate': 'scanner',
  'scan-transfer': 'scanner',
  'destroy-scan-key': 'scanner',
  'release-transfer': 'housekeeper',
  'abandon-transfer': 'housekeeper',
  'expire-transfer': 'housekeeper',
  'destroy-transfer': 'housekeeper',
  'remind-transfer': 'housekeeper',
  'activate-agreement': 'housekeeper',
  'send-mail': 'housekeeper',
  'send-account-mail': 'housekeeper',
} as const satisfies Record<JobName, 'scanner' | 'housekeeper'>

/** Long, and nobody sits before a screen for it: a sender waits for a scan certificate, and must not wait for others' scans. */
export const patientJobs: ReadonlySet<JobName> = new Set(['scan-transfer'])
