// Job remind-transfer (ARCHITECTURE.md#reminders): nobody has collected it, or nobody said what became of a copy that
// was recalled, and those who should know are told, each stage once. Decides again; a job that came twice, or too
// early, does nothing.
import type { JobPayload } from '#contract/jobs.ts'
import { londonDay } from '#domain/time.ts'
import { decideRemind, dueReminder } from '#domain/transfers/decisions/decide-remind.ts'
import { bankHolidaysUntil, hasBankHolidays } from '#domain/working-days.ts'
import { loadRemindFacts } from '#store/transfers/reminders.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

type Adapters = Pick<HousekeeperAdapters, 'database' | 'withLock' | 'commit' | 'now' | 'log'>
type Payload = JobPayload<'remind-transfer'>

export async function remindOf(adapters: Adapters, payload: Payload): Promise<void> {
  await adapters.withLock(`remind ${payload.transfer}`, () => remind(adapters, payload))
}

async function remind({ database, commit, now, log }: Adapters, { transfer, correlation }: Payload): Promise<void> {
  const facts = await database.transaction().execute((tx) => loadRemindFacts(tx, transfer))
  if (!hasBankHolidays(londonDay(now()))) {
    const until = bankHolidaysUntil
    log.warn({ until }, 'no bank holidays are known for today: reminders count weekends only; Safehand needs an update')
  }
  if (dueReminder(facts, now()) === null) return
  await commit({
    caller: housekeeperCaller(correlation),
    load: (tx) => loadRemindFacts(tx, transfer),
    decide: decideRemind,
  })
}
