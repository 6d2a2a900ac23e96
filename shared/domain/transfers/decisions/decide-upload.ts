// Whether an upload token still takes bytes: asked on each request, because it outlives the sign-in that it was given to
// (ARCHITECTURE.md#upload-token). The sender must still be a caseworker in their organisation's current roster.
import type { Refusal } from '../../decision.ts'
import { currentRoles, type Standing } from '../../identity/current-roles.ts'
import type { Instant } from '../../values.ts'
import type { TransferState } from '../states.ts'

export interface UploadFacts {
  readonly state: TransferState
  readonly tokenExpiresAt: Instant
  readonly tokenRevokedAt: Instant | null
  readonly sender: Standing
}

/** Nobody is told which of these it was. */
export function whyNotUpload(
  { state, tokenExpiresAt, tokenRevokedAt, sender }: UploadFacts,
  at: Instant,
): Refusal | null {
  const open = state === 'draft' || state === 'uploading'
  const lives = tokenRevokedAt === null && tokenExpiresAt > at
  const may = currentRoles(sender, at).includes('caseworker')
  return open && lives && may ? null : { code: 'UPLOAD_REFUSED' }
}
