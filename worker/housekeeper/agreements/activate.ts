// Puts an agreement in force when its last party has signed, and writes the parties' rosters of that moment into its
// log (ARCHITECTURE.md#agreement). A job may come twice or late: everything is decided again from what is stored.
import type { JobPayload } from '#contract/jobs.ts'
import { type Activated, decideActivate } from '#domain/agreements/decide-activate.ts'
import { loadAgreement, lockAgreement } from '#store/agreements.ts'
import { loadCurrentRosters } from '#store/rosters.ts'
import type { Commit, Outcome } from '#store/commit.ts'
import { housekeeperCaller } from '../adapters.ts'

export async function activateAgreement({
  commit,
  payload,
}: {
  readonly commit: Commit
  readonly payload: JobPayload<'activate-agreement'>
}): Promise<Outcome<Activated>> {
  const caller = housekeeperCaller(payload.correlation)
  return commit({
    caller,
    load: async (tx) => {
      const found = await loadAgreement(tx, payload.agreement)
      if (!found) throw new Error('the agreement of this job does not exist')
      await lockAgreement(tx, found.agreement.id)
      const state = (await loadAgreement(tx, payload.agreement)) ?? found
      const parties = state.agreement.parties.map(({ organisation }) => organisation)
      const rosters = await loadCurrentRosters(tx, parties)
      return { caller, state, rosters: rosters.map(({ hash }) => hash) }
    },
    decide: decideActivate,
  })
}
