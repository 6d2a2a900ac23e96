// What a verified log said of revoked keys is kept beside the pinned root: a service that hides a revocation afterwards is
// found out at once, whatever roster it serves (ARCHITECTURE.md#revocation).
import { revokedIn } from '#client/log/fetch-log.ts'
import { rememberRevoked } from '#client/trust/anchor.ts'
import type { Entry } from '#domain/audit/entry.ts'
import type { Context } from '../context.ts'

/** `entries` of a log that was verified under the pinned root, and of no other. */
export async function rememberRevocations({ home }: Context, entries: readonly Entry[]): Promise<void> {
  const anchor = await home.findAnchor()
  const subkeys = revokedIn(entries)
  if (anchor && subkeys.length > 0) await home.writeAnchor(rememberRevoked(anchor, subkeys))
}
