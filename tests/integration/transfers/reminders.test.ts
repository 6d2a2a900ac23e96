// Reminders (ARCHITECTURE.md#reminders) of what nobody collected, and of recalled copies of which nobody said what
// became, under a clock that the test moves: found by the reconciler, decided by the job, mailed by a real SMTP server;
// each stage once however often everything runs, and nothing while it is held.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { endingOperations } from '#contract/transfers/endings.ts'
import { jobs } from '#contract/jobs.ts'
import { addDays, addSeconds, londonDay } from '#domain/time.ts'
import type { Day, Instant, TransferId } from '#domain/values.ts'
import { bankHolidaysUntil, hasBankHolidays, workingDaysBetween } from '#domain/working-days.ts'
import { openLog } from '#platform/log.ts'
import { openMailer } from '#platform/mail.ts'
import { createCommit } from '#store/commit.ts'
import { dateInWords } from '#words/en/dates.ts'
import { readMails } from '../../../scripts/services.ts'
import { sendMail } from '../../../worker/housekeeper/mail/send.ts'
import { testOrigin } from '../../fixtures/app.ts'
import { createHousekeeping, type Housekeeping } from '../../fixtures/housekeeping.ts'
import {
  destroyed,
  enterAs,
  entriesAbout,
  fetchManifest,
  look,
  recall,
  release,
  sayOfCopy,
} from '../../fixtures/transfer-acts.ts'
import { fileOf, type Member, prove, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const files = [fileOf(new TextEncoder().encode('Nobody is in the office.'), 'waiting.txt')]
const { smtp } = inject('services')
const mailer = openMailer({ url: smtp.url, from: 'noreply@safehand.invalid' })
let running: TransferApp
let housekeeping: Housekeeping
let ian: Member
const logged: string[] = []

beforeAll(async () => {
  running = await startTransferApp(inject('services'), { remindAfterWorkingDays: 1 })
  const destination = { write: (line: string) => void logged.push(line) }
  housekeeping = createHousekeeping(running, openLog({ name: 'housekeeper', level: 'warn', destination }))
  ian = await enterAs(running, running.world.council, 'information-officer')
  await prove(running, running.olu)
})
afterAll(async () => {
  mailer.close()
  await running?.stop()
})

/** By a clock that stands there. */
const at = <T>(instant: Instant, act: () => Promise<T>) => running.app.clock.at(instant, act)

/** Nine in London on the nth working day after an instant; in summer that is an hour before nine by UTC. */
function morningAfter(since: Instant, days: number): Instant {
  for (let noon = `${londonDay(since)}T12:00:00Z` as Instant; ; noon = addDays(noon, 1)) {
    const day = noon.slice(0, 10) as Day
    if (workingDaysBetween(londonDay(since), day, hasBankHolidays(day) ? 'england-and-wales' : null) < days) continue
    const summer = londonDay(`${day}T23:30:00Z` as Instant) !== day
    return `${day}T${summer ? '08' : '09'}:00:00Z` as Instant
  }
}

async function released(): Promise<{ readonly transfer: TransferId; readonly since: Instant }> {
  const transfer = await release(running, files)
  const { releasedAt } = await running.database.as.owner.database
    .selectFrom('transfer')
    .select('released_at as releasedAt')
    .where('id', '=', transfer)
    .executeTakeFirstOrThrow()
  return { transfer, since: releasedAt! }
}

/** Does every mail that was ever decided about it, again; who has which in the end, the first mail apart. */
async function mailsAbout(transfer: TransferId): Promise<string[]> {
  const { database, withLock } = running.database.as.housekeeper
  const now = () => running.app.clock.now() as Instant
  const commit = createCommit({ database, installation: testOrigin, now })
  const adapters = { database, withLock, commit, mailer, origin: testOrigin, url: 'https://safehand.example' }
  const rows = await running.database.as.owner.database
    .selectFrom('outbox')
    .select('data')
    .where('job', '=', 'send-mail')
    .execute()
  for (const { data } of rows) {
    const notification = jobs['send-mail'].parse(data)
    if (notification.transfer === transfer) await sendMail(adapters, notification)
  }
  const mails = (await readMails(smtp.folder ?? '')).map((mail) => mail.replaceAll('=\r\n', ''))
  return mails
    .filter((mail) => mail.includes(transfer))
    .map((mail) => `${/^Subject: (.*)$/m.exec(mail)?.[1]?.trim()}: ${/^To: (\S+)/m.exec(mail)?.[1]}`)
    .filter((one) => /still wait|not collected|Say soon|Overdue/.test(one))
    .toSorted()
}

async function remindedOf(transfer: TransferId) {
  return (await entriesAbout(running, transfer)).filter(({ event }) => event === 'transfer.reminded')
}

/** No name, file or case in any mail about it. */
async function expectNobodyNamed(transfer: TransferId): Promise<void> {
  const mails = (await readMails(smtp.folder ?? '')).filter((mail) => mail.replaceAll('=\r\n', '').includes(transfer))
  for (const mail of mails) expect(mail).not.toMatch(/ASB-2026-17|waiting\.txt|Test Council|Test Police|OFFICIAL/)
}

const first = ['Files still wait for you: olu@police.example', 'Files still wait for you: pat@police.example']
const second = [
  'A transfer was not collected yet: carol@council.example',
  'A transfer was not collected yet: iris@police.example',
]

describe('what nobody collects', () => {
  it('[reminder/sent-once] is said once to the team, then once to sender and officers, however often everything runs', async () => {
    const { transfer, since } = await released()
    await at(addSeconds(morningAfter(since, 1), -1), () => housekeeping.remind(transfer))
    expect(await mailsAbout(transfer)).toEqual([])
    await at(morningAfter(since, 1), async () => {
      expect(await housekeeping.round(transfer)).toContain('remind-transfer')
      expect(await housekeeping.round(transfer)).not.toContain('remind-transfer')
      await Promise.all([housekeeping.remind(transfer), housekeeping.remind(transfer)])
    })
    expect(await mailsAbout(transfer)).toEqual(first)
    await at(morningAfter(since, 2), async () => {
      expect(await housekeeping.round(transfer)).toContain('remind-transfer')
      await Promise.all([housekeeping.remind(transfer), housekeeping.remind(transfer)])
      expect(await housekeeping.round(transfer)).not.toContain('remind-transfer')
    })
    await at(addDays(morningAfter(since, 2), 1), () => housekeeping.remind(transfer))
    expect(await mailsAbout(transfer)).toEqual([...second, ...first])
    expect(await mailsAbout(transfer)).toEqual([...second, ...first])
    const entries = await remindedOf(transfer)
    expect(entries.map(({ outcome, detail }) => ({ outcome, detail }))).toEqual([
      { outcome: 'success', detail: { stage: 'recipient', recipients: 1 } },
      { outcome: 'success', detail: { stage: 'sender', recipients: 1 } },
    ])
    await expectNobodyNamed(transfer)
  })

  it('[reminder/sent-once] is not said of what was collected', async () => {
    const { transfer, since } = await released()
    await fetchManifest(running.olu, transfer)
    await at(morningAfter(since, 2), async () => {
      expect(await housekeeping.round(transfer)).not.toContain('remind-transfer')
      await housekeeping.remind(transfer)
    })
    expect(await mailsAbout(transfer)).toEqual([])
  })

  it('[reminder/sent-once] is not said while it is held, and those days do not count', async () => {
    const { transfer, since } = await released()
    const params = { transfer }
    await ian.api.call(endingOperations.placeHold, { params, body: { reason: 'incident', words: 'Reported by phone' } })
    const lifted = morningAfter(since, 2)
    await at(lifted, async () => {
      expect(await housekeeping.round(transfer)).not.toContain('remind-transfer')
      await housekeeping.remind(transfer)
      await ian.api.call(endingOperations.liftHold, { params, body: { words: 'Looked into' } })
      await housekeeping.round(transfer)
    })
    expect(await mailsAbout(transfer)).toEqual([])
    await at(morningAfter(lifted, 1), () => housekeeping.round(transfer))
    expect(await mailsAbout(transfer)).toEqual(first)
  })

  it('[reminder/sent-once] is said all the same when no bank holidays are known any more, and the log warns', async () => {
    const { transfer } = await released()
    const { database } = running.database.as.owner
    const [params, body] = [{ transfer }, { reason: 'legal', words: 'For years' } as const]
    await ian.api.call(endingOperations.placeHold, { params, body })
    // No token lasts so long that somebody could lift it then.
    const lifted_at = running.app.clock.now() as Instant
    await database.updateTable('hold').set({ lifted_at }).where('transfer', '=', transfer).execute()
    const over = {
      held_at: null,
      held_reason: null,
      expires_at: addDays(`${bankHolidaysUntil}T00:00:00Z` as Instant, 30),
    }
    await database.updateTable('transfer').set(over).where('id', '=', transfer).execute()
    expect(logged).toEqual([])
    await at(addDays(`${bankHolidaysUntil}T12:00:00Z` as Instant, 2), () => housekeeping.remind(transfer))
    expect(await mailsAbout(transfer)).toEqual(first)
    expect(logged).toEqual([expect.stringContaining('reminders count weekends only')])
  })
})

describe('what nobody said of a recalled copy', () => {
  const before = ['olu', 'pat'].map(
    (name) => `Say soon what became of files that were recalled: ${name}@police.example`,
  )
  const overdue = [
    ...['carol@council', 'ian@council', 'iris@police'].map(
      (who) => `Overdue: nobody said that recalled files are destroyed: ${who}.example`,
    ),
    ...['olu', 'pat'].map((name) => `Overdue: say what became of files that were recalled: ${name}@police.example`),
  ]

  async function recalled(): Promise<{ readonly transfer: TransferId; readonly due: Instant }> {
    const { transfer } = await released()
    await fetchManifest(running.olu, transfer)
    await recall(running.carol, transfer)
    await housekeeping.destroy(transfer)
    const { state, recall: shown } = await look(running.carol, transfer)
    expect(state).toBe('destroyed')
    return { transfer, due: shown!.destructions[0]!.due }
  }

  it('[reminder/sent-once] is said to the team before it is due, once overdue to them, the sender and both officers; each once', async () => {
    const { transfer, due } = await recalled()
    expect(await housekeeping.round(transfer)).toEqual([])
    await at(addSeconds(due, -1), async () => {
      expect(await housekeeping.round(transfer)).toEqual(['remind-transfer'])
      await Promise.all([housekeeping.remind(transfer), housekeeping.remind(transfer)])
      expect(await housekeeping.round(transfer)).toEqual([])
    })
    expect(await mailsAbout(transfer)).toEqual(before)
    await at(addSeconds(morningAfter(due, 1), -1), () => housekeeping.remind(transfer))
    expect(await mailsAbout(transfer)).toEqual(before)
    await at(morningAfter(due, 1), async () => {
      expect(await housekeeping.round(transfer)).toEqual(['remind-transfer'])
      await Promise.all([housekeeping.remind(transfer), housekeeping.remind(transfer)])
    })
    await at(addDays(due, 60), async () => expect(await housekeeping.round(transfer)).toEqual([]))
    expect(await mailsAbout(transfer)).toEqual([...overdue, ...before])
    expect((await remindedOf(transfer)).map(({ outcome, detail }) => ({ outcome, detail }))).toEqual([
      { outcome: 'success', detail: { stage: 'destruction-due', recipients: 1 } },
      { outcome: 'success', detail: { stage: 'destruction-overdue', recipients: 1 } },
    ])
    await expectNobodyNamed(transfer)
    const mails = (await readMails(smtp.folder ?? '')).map((mail) => mail.replaceAll('=\r\n', ''))
    const about = mails.filter((mail) => mail.includes(transfer) && /recalled files|files that were/.test(mail))
    expect(about).toHaveLength(9)
    for (const mail of about) expect(mail.replaceAll('\r\n', ' ')).toContain(`by ${dateInWords(due)}`)
    expect((await look(ian, transfer)).recall?.destructions).toMatchObject([{ state: 'asked' }])
  })

  it('[reminder/sent-once] is said as overdue alone when the housekeeper was away before, and looked for no longer', async () => {
    const { transfer, due } = await recalled()
    await at(addDays(morningAfter(due, 1), 5), async () => {
      expect(await housekeeping.round(transfer)).toEqual(['remind-transfer'])
      expect(await housekeeping.round(transfer)).toEqual([])
    })
    expect(await mailsAbout(transfer)).toEqual(overdue)
  })

  it('[reminder/sent-once] is not said once a member of the team has signed', async () => {
    const { transfer, due } = await recalled()
    await sayOfCopy(running, { member: running.pat, transfer, what: destroyed })
    for (const instant of [addSeconds(due, -1), morningAfter(due, 1)]) {
      await at(instant, async () => expect(await housekeeping.round(transfer)).toEqual([]))
      await at(instant, () => housekeeping.remind(transfer))
    }
    expect(await mailsAbout(transfer)).toEqual([])
  })
})
