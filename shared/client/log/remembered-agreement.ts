// The agreement that a client works under, believed only when the head of its log follows what this client saw of it: who
// sends, collects or watches a folder keeps the newest head, though they may not read the log.
import { logOriginOf } from '#domain/audit/entry.ts'
import type { RememberedLog } from '#domain/audit/remembered.ts'
import { RefusedByServer } from '../api.ts'
import { type AgreementToBelieve, fetchAgreementWithLog } from '../trust/fetch-agreement.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import { followHead, type HeadShown, refuseVanished } from './follow-head.ts'
import { headOf, type LogMemory } from './memory.ts'

export interface RememberedAgreement extends AgreementToBelieve, Pick<HeadShown, 'sha256' | 'verifyEd25519'> {
  readonly memory: LogMemory
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A log that has not grown is asked for again: each question is an entry of its own, in the log within a minute. */
const pauses = [1, 2, 4, 8, 16, 32]

/** Keep the result's anchor. @throws TrustRefused, `TRUST_HISTORY` among them, RefusedByServer, ServerUnreachable */
export async function fetchRememberedAgreement(wanted: RememberedAgreement): Promise<VerifiedAgreement> {
  const { memory, anchor, id, sleep } = wanted
  const origin = logOriginOf(anchor.origin, { kind: 'agreement', id })
  for (let waits = 0; ; ) {
    const before = await memory.recall(origin)
    const { agreement, log } = await ask(wanted, before)
    const followed = followHead({ ...wanted, origin, shown: log, agreement: agreement.agreement }, before)
    const pause = !followed.ok && followed.code === 'HISTORY_STANDS' ? pauses[waits] : undefined
    if (pause !== undefined) {
      waits += 1
      await sleep(pause * 1000)
      continue
    }
    const kept = followed.remembered === null || (await memory.keep({ before, now: followed.remembered }))
    // Somebody else kept a head meanwhile: asked again, the service must show one that contains that.
    if (!kept) continue
    if (!followed.ok) throw new TrustRefused({ code: 'TRUST_HISTORY', saw: followed.saw })
    return agreement
  }
}

/** An agreement whose log was seen here does not vanish; a version that was asked for may never have been. */
async function ask(wanted: RememberedAgreement, before: RememberedLog | null) {
  const seen = before ? headOf(before).size : undefined
  return fetchAgreementWithLog({ ...wanted, seen }).catch(async (error: unknown) => {
    const isGone = error instanceof RefusedByServer && error.code === 'NOT_FOUND' && wanted.version === undefined
    if (!before || !isGone) throw error
    const vanished = refuseVanished(before, wanted.now)
    await wanted.memory.keep({ before, now: vanished.now })
    throw new TrustRefused({ code: 'TRUST_HISTORY', saw: vanished.saw })
  })
}
