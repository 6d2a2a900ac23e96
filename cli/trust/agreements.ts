// The agreement that a command works under: fetched, verified under this home's anchor and by what it saw of its log, and
// what was seen remembered.
import { setTimeout as sleep } from 'node:timers/promises'
import { fetchRememberedAgreement } from '#client/log/remembered-agreement.ts'
import type { AgreementWanted } from '#client/trust/fetch-agreement.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import { agreementId, type AgreementId } from '#domain/values.ts'
import type { Context } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { logPrimitives } from './log-folder.ts'
import { logMemory } from './log-memory.ts'
import { keepAnchor } from './own-organisation.ts'

/** @throws TrustRefused, RefusedByServer, ServerUnreachable, CommandFailed when no root is pinned */
export async function trustedAgreement(context: Context, wanted: AgreementWanted): Promise<VerifiedAgreement> {
  const anchor = await context.home.readAnchor()
  const verified = await fetchRememberedAgreement({
    ...wanted,
    ...logPrimitives,
    anchor,
    now: context.io.now(),
    memory: logMemory(context.home),
    sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: context.io.signal }),
  })
  await keepAnchor(context, { before: anchor, now: verified.anchor })
  return verified
}

/** Each version asked for and verified once, for a command that looks at many transfers. */
export function trustedOnce(context: Context): (wanted: AgreementWanted) => Promise<VerifiedAgreement> {
  const known = new Map<string, Promise<VerifiedAgreement>>()
  return (wanted) => {
    const key = `${wanted.id} ${wanted.version} ${wanted.toRead ?? false}`
    const verified = known.get(key) ?? trustedAgreement(context, wanted)
    known.set(key, verified)
    return verified
  }
}

/** As a person typed it. */
export function parseAgreementId(text: string): AgreementId {
  const parsed = agreementId.safeParse(text)
  if (!parsed.success) throw usage('An agreement is named by its id, 32 characters. Use: safehand agreement list')
  return parsed.data
}
