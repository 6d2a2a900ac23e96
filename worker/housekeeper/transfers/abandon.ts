// Job abandon-transfer: nobody can upload to it any more, and it was never handed over. Decides again; a job that came
// twice, or too early, does nothing.
import type { JobPayload } from '#contract/jobs.ts'
import { decideAbandonOverdue, isPastUploads } from '#domain/transfers/decisions/decide-abandon.ts'
import type { TransferId } from '#domain/values.ts'
import type { Tx } from '#store/database.ts'
import { requireTransferFacts } from '#store/transfers/facts.ts'
import { loadUploadsEnd } from '#store/transfers/uploads.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

export async function abandonOverdue(
  { database, commit, now }: Pick<HousekeeperAdapters, 'database' | 'commit' | 'now'>,
  { transfer, correlation }: JobPayload<'abandon-transfer'>,
): Promise<void> {
  const facts = await database.transaction().execute((tx) => loadFacts(tx, transfer))
  if (!isPastUploads(facts, now())) return
  await commit({
    caller: housekeeperCaller(correlation),
    load: (tx) => loadFacts(tx, transfer),
    decide: decideAbandonOverdue,
  })
}

async function loadFacts(tx: Tx, transfer: TransferId) {
  return { found: await requireTransferFacts(tx, transfer), uploadsEnd: await loadUploadsEnd(tx, transfer) }
}
