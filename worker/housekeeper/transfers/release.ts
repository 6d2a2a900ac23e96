// Job release-transfer (ARCHITECTURE.md#release): when every file has its verdict and every scan key is destroyed, the
// policy is asked again, and the transfer is released, held or rejected in one commit; also given up, when its sender
// does not wrap again in time. The database holds the same rule by a trigger.
import type { JobPayload } from '#contract/jobs.ts'
import { decideGiveUpWaiting, decideRelease, isOverdue } from '#domain/transfers/decisions/decide-release.ts'
import { mayFollow } from '#domain/transfers/states.ts'
import { isOfficersHold, sealed, type TransferFacts, verdictOf } from '#domain/transfers/transfer.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { loadHolders } from '#store/rosters.ts'
import type { Tx } from '#store/database.ts'
import { loadNewcomers } from '#store/transfers/deliveries.ts'
import { loadAgreementFactsOf, loadTransferFacts, requireTransferFacts } from '#store/transfers/facts.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

type Adapters = Pick<HousekeeperAdapters, 'database' | 'withLock' | 'commit' | 'now'>
type Payload = JobPayload<'release-transfer'>

export async function releaseTransfer(adapters: Adapters, payload: Payload): Promise<void> {
  await adapters.withLock(`release ${payload.transfer}`, () => release(adapters, payload))
}

async function release({ database, commit, now }: Adapters, { transfer, correlation }: Payload): Promise<void> {
  const found = await database.transaction().execute((tx) => loadTransferFacts(tx, transfer))
  if (found && isOverdue(found, now())) {
    await commit({
      caller: housekeeperCaller(correlation),
      load: (tx) => requireTransferFacts(tx, transfer),
      decide: decideGiveUpWaiting,
    })
    return
  }
  // A job that came twice, or too early: nothing was asked for, so nothing is refused.
  if (!isDue(found, now())) return
  await commit({
    caller: housekeeperCaller(correlation),
    load: (tx) => loadReleaseFacts(tx, transfer),
    decide: decideRelease,
  })
}

function isDue(facts: TransferFacts | undefined, at: Instant): boolean {
  if (facts === undefined || isOfficersHold(facts.transfer.held)) return false
  const { releaseNotBefore } = facts.transfer
  if (releaseNotBefore !== null && releaseNotBefore > at) return false
  if (facts.transfer.held !== null && facts.approval === null) return false
  return mayFollow(facts.transfer.state, 'released') && verdictOf(facts) !== null && sealed(facts)
}

async function loadReleaseFacts(tx: Tx, transfer: TransferId) {
  const found = await requireTransferFacts(tx, transfer)
  const sending = { organisation: found.transfer.senderOrganisation, role: 'approver' } as const
  const approvers = (await loadHolders(tx, sending)).map(({ account }) => account)
  return {
    found,
    agreementFacts: await loadAgreementFactsOf(tx, found),
    approvers,
    newcomers: await loadNewcomers(tx, found),
  }
}
