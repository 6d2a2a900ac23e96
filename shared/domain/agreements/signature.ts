// One party's signature under one agreement version: the signatory, rostered in that office, signs the hash
// (ARCHITECTURE.md#agreement).
import * as z from 'zod'
import { rosterReference } from '../organisations/roster.ts'
import { accountId, fingerprint, instant, organisationId, origin, agreementReference } from '../values.ts'

export const agreementSignature = z.strictObject({
  type: z.literal('safehand.agreement-signature/1'),
  origin,
  agreement: agreementReference,
  organisation: organisationId,
  role: z.literal('siro'),
  account: accountId,
  fingerprint,
  at: instant,
  roster: rosterReference,
})
export type AgreementSignature = z.infer<typeof agreementSignature>
