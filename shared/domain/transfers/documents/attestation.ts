// What a person signs about a transfer by its dispatch note: receipt, approval, destruction statement
// (ARCHITECTURE.md#attestation). Here is what all of them say: about which note, by whom, by which roster, when.
import * as z from 'zod'
import { rosterReference } from '../../organisations/roster.ts'
import { accountId, fingerprint, instant, origin, sha256Hex, transferId } from '../../values.ts'

export const attestation = z.strictObject({
  origin,
  transfer: transferId,
  note: sha256Hex,
  account: accountId,
  fingerprint,
  at: instant,
  roster: rosterReference,
})
export type Attestation = z.infer<typeof attestation>
