// The statement that a one-use scan certificate belongs to one transfer, signed by the scan authority that the
// agreement names (ARCHITECTURE.md#scan-certificate). A sender wraps for nothing else.
import * as z from 'zod'
import { fingerprint, instant, origin, transferId } from '../../values.ts'

export const scanCertificate = z.strictObject({
  type: z.literal('safehand.scan-certificate/1'),
  origin,
  transfer: transferId,
  fingerprint,
  encryptionSubkey: fingerprint,
  issued: instant,
  expires: instant,
})
export type ScanCertificate = z.infer<typeof scanCertificate>

/** A scan key lives at most a day (in seconds). */
export const scanKeyLifeSeconds = 24 * 3600
