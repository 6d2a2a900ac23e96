// Holds (ARCHITECTURE.md#hold): by officers of either side and by a recipient's report. A hold stops collecting, the
// clock and destruction; lifting gives back the time that was left; a recall goes through, and waits for an officer's
// hold alone.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { acknowledgeUnsigned } from '#client/collect/acknowledge.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { addDays, addSeconds, epochSeconds } from '#domain/time.ts'
import type { Problem } from '#domain/transfers/transfer.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { createHousekeeping, type Housekeeping } from '../../fixtures/housekeeping.ts'
import { lineOf } from '../../fixtures/person-line.ts'
import { enterAs, fetchAll, look, recall, release } from '../../fixtures/transfer-acts.ts'
import {
  fileOf,
  judge,
  type Member,
  prove,
  send,
  startTransferApp,
  stateOf,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

const files = [fileOf(new TextEncoder().encode('Minutes of the meeting.'), 'minutes.txt')]
let running: TransferApp
let housekeeping: Housekeeping
/** Information officers of the two sides. */
let ian: Member
let iris: Member

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  housekeeping = createHousekeeping(running)
  const { app, database, world } = running
  ian = await enterAs(running, world.council, 'information-officer')
  iris = await enterAs(running, world.police, 'information-officer')
  await prove(running, running.olu)
  // Key proofs last ten minutes; the clock moves by days.
  await database.as.owner.database
    .updateTable('key_proof')
    .set({ expires_at: addDays(app.clock.now() as Instant, 90) })
    .execute()
})
afterAll(() => running?.stop())

const day = 86_400

const released = () => release(running, files)
const hold = ({ api }: Member, transfer: TransferId, reason: 'incident' | 'legal' = 'incident') =>
  api.call(endingOperations.placeHold, { params: { transfer }, body: { reason, words: 'Reported by phone' } })
const lift = ({ api }: Member, transfer: TransferId) =>
  api.call(endingOperations.liftHold, { params: { transfer }, body: { words: 'Looked into' } })
const report = ({ api }: Member, transfer: TransferId, problem: Problem = 'wrong-recipient') =>
  api.call(endingOperations.report, { params: { transfer }, body: { problem, words: 'Not ours' } })
async function fetched(transfer: TransferId): Promise<string> {
  try {
    const { body } = await running.olu.api.bytes(collectOperations.fetch, { params: { transfer, file: 'manifest' } })
    await new Response(body).arrayBuffer()
    return 'fetched'
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** Runs so many seconds later, and sets the clock back. */
async function later<T>(seconds: number, act: () => Promise<T>): Promise<T> {
  running.app.clock.pass(seconds)
  try {
    return await act()
  } finally {
    running.app.clock.pass(-seconds)
  }
}

async function mailsAbout(transfer: TransferId): Promise<string[]> {
  const rows = await running.database.as.owner.database.selectFrom('outbox').select('data').execute()
  const { council, police } = running.world
  const nameOf = (account: string | undefined) =>
    [...council.people, ...police.people].find((one) => one.account === account)?.email
  return rows
    .map(({ data }) => data as Record<string, string>)
    .filter((data) => data.transfer === transfer && data.template !== undefined)
    .map(({ template, account }) => `${template} ${nameOf(account)}`)
}

describe('a hold by an officer', () => {
  it('[hold/stops] stops collecting, expiry and destruction, and lifting gives back the time that was left', async () => {
    const transfer = await released()
    const { expiresAt } = await look(running.carol, transfer)
    await hold(ian, transfer)
    expect(await fetched(transfer)).toBe('INCIDENT_HOLD')
    expect((await look(running.olu, transfer)).held).toMatchObject({ reason: 'incident', words: 'Reported by phone' })
    await later(30 * day, async () => {
      expect(await fetched(transfer)).toBe('INCIDENT_HOLD')
      expect(await housekeeping.round(transfer)).toEqual([])
      await housekeeping.expire(transfer)
      expect(await stateOf(running, transfer)).toBe('released')
      await lift(ian, transfer)
      expect(await fetched(transfer)).toBe('fetched')
    })
    const view = await look(running.carol, transfer)
    const moved = epochSeconds(view.expiresAt) - epochSeconds(expiresAt)
    expect(Math.abs(moved - 30 * day)).toBeLessThan(60)
    const left = epochSeconds(view.expiresAt) - epochSeconds(running.app.clock.now() as Instant)
    await later(left - 2, async () => expect(await fetched(transfer)).toBe('fetched'))
    await later(left + 1, async () => expect(await fetched(transfer)).toBe('TRANSFER_EXPIRED'))
  })

  it('[hold/stops] is placed by officers of either side, lifted by the side that placed it, and told to the others', async () => {
    const transfer = await released()
    await expect(hold(running.dora, transfer)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(hold(running.carol, transfer)).rejects.toMatchObject({ code: 'ROLE_REQUIRED' })
    await expect(lift(ian, transfer)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    await hold(iris, transfer, 'legal')
    await expect(hold(ian, transfer)).rejects.toMatchObject({ code: 'INCIDENT_HOLD' })
    await expect(lift(ian, transfer)).rejects.toMatchObject({
      code: 'HOLD_OF_OTHERS',
      title: `${running.world.police.name} placed this hold, and only they can lift it`,
    })
    await expect(report(running.olu, transfer)).rejects.toMatchObject({ code: 'INCIDENT_HOLD' })
    expect((await mailsAbout(transfer)).filter((one) => one.startsWith('transfer-on-hold'))).toEqual([
      'transfer-on-hold carol@council.example',
      'transfer-on-hold ian@council.example',
    ])
    await lift(iris, transfer)
    expect((await look(running.carol, transfer)).held).toBeNull()
    expect((await mailsAbout(transfer)).filter((one) => one.startsWith('hold-lifted'))).toHaveLength(2)
  })

  it('[hold/stops] lets a recall through, and keeps it from being destroyed until it is lifted', async () => {
    const transfer = await released()
    await hold(ian, transfer, 'legal')
    await recall(running.carol, transfer)
    await later(60, () => housekeeping.round(transfer))
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('recalled')
    await lift(ian, transfer)
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('destroyed')
  })

  it('[hold/stops] of what is not scanned yet keeps it from being released, until it is lifted', async () => {
    const { transfer } = await send(running, files)
    await hold(ian, transfer)
    await expect(judge(running, { transfer, verdict: 'clean' })).rejects.toThrow('INCIDENT_HOLD')
    await later(20 * day, () => lift(ian, transfer))
    expect(await stateOf(running, transfer)).toBe('scanning')
    await hold(ian, transfer)
    await lift(ian, transfer)
  })

  it('[hold/stops] gives back the days after the last acknowledgement too', async () => {
    const transfer = await released()
    await fetchAll(running.olu, transfer)
    await acknowledgeUnsigned(running.olu.api, transfer)
    const before = (await look(running.carol, transfer)).keptUntil!
    await later(day, () => hold(ian, transfer))
    await later(3 * day, () => lift(ian, transfer))
    const { keptUntil } = await later(3 * day, () => look(running.carol, transfer))
    expect(Math.abs(epochSeconds(keptUntil!) - epochSeconds(addDays(before, 2)))).toBeLessThan(60)
    await later(4 * day, async () => expect(await fetched(transfer)).toBe('fetched'))
    const left = epochSeconds(addSeconds(keptUntil!, 1)) - epochSeconds(running.app.clock.now() as Instant)
    await later(left, async () => expect(await fetched(transfer)).toBe('TRANSFER_DESTROYED'))
  })

  it('[hold/stops] is nothing for what has ended, by decision or by the clock', async () => {
    const [ended, late] = [await released(), await released()]
    await recall(running.carol, ended)
    await expect(hold(ian, ended)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    await later(8 * day, () => expect(hold(ian, late)).rejects.toMatchObject({ code: 'TRANSFER_EXPIRED' }))
  })
})

describe('a recipient’s report', () => {
  it('[hold/report] holds it for everyone at once, tells sender and officers, and a recall ends it', async () => {
    const transfer = await released()
    await expect(report(running.carol, transfer)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await report(running.pat, transfer)
    expect(await fetched(transfer)).toBe('INCIDENT_HOLD')
    expect((await mailsAbout(transfer)).filter((one) => one.startsWith('transfer-on-hold')).toSorted()).toEqual([
      'transfer-on-hold carol@council.example',
      'transfer-on-hold ian@council.example',
      'transfer-on-hold iris@police.example',
    ])
    await expect(lift(running.olu, transfer)).rejects.toMatchObject({ code: 'ROLE_REQUIRED' })
    await expect(lift(ian, transfer)).rejects.toMatchObject({ code: 'HOLD_OF_OTHERS' })
    await recall(running.carol, transfer)
    await later(60, () => housekeeping.round(transfer))
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('destroyed')
  })

  it('[hold/report] stands again once an officer’s hold over it is lifted, and each hold has its own time', async () => {
    const transfer = await released()
    const { expiresAt } = await look(running.carol, transfer)
    await report(running.pat, transfer, 'wrong-content')
    const reported = (await look(running.carol, transfer)).held
    await later(day, async () => {
      await hold(ian, transfer, 'legal')
      const held = (await look(running.carol, transfer)).held
      expect(held).toMatchObject({ reason: 'legal', by: ian.person.account, words: 'Reported by phone' })
      expect(epochSeconds(held!.at) - epochSeconds(reported!.at)).toBeGreaterThanOrEqual(day)
    })
    await later(2 * day, async () => {
      expect(await lift(ian, transfer)).toEqual({ held: 'wrong-content' })
      const again = (await look(running.carol, transfer)).held
      expect(again).toMatchObject({ reason: 'wrong-content', by: running.pat.person.account, words: 'Not ours' })
      expect(await fetched(transfer)).toBe('INCIDENT_HOLD')
      await expect(lift(ian, transfer)).rejects.toMatchObject({ code: 'HOLD_OF_OTHERS' })
    })
    expect((await mailsAbout(transfer)).filter((one) => one.startsWith('report-stands')).toSorted()).toEqual([
      'report-stands carol@council.example',
      'report-stands iris@police.example',
    ])
    await later(3 * day, () => lift(running.pat, transfer))
    const { held, expiresAt: moved } = await look(running.carol, transfer)
    expect(held).toBeNull()
    expect(Math.abs(epochSeconds(moved) - epochSeconds(addDays(expiresAt, 3)))).toBeLessThan(60)
  })

  it('[hold/report] is answered by a recall, also under an officer’s hold: lifted, that lets it be destroyed', async () => {
    const transfer = await released()
    await report(running.pat, transfer)
    await hold(iris, transfer)
    await recall(running.carol, transfer)
    expect(await lift(iris, transfer)).toEqual({ held: null })
    await later(60, () => housekeeping.round(transfer))
    await housekeeping.destroy(transfer)
    expect(await stateOf(running, transfer)).toBe('destroyed')
  })

  it('[hold/report] is taken back by who made it or their officer, and made only of what was released', async () => {
    const { transfer } = await send(running, files)
    await expect(report(running.pat, transfer)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    await judge(running, { transfer, verdict: 'clean' })
    await report(running.pat, transfer, 'wrong-content')
    await lift(running.pat, transfer)
    await report(running.olu, transfer, 'cannot-open')
    await lift(iris, transfer)
    expect(await fetched(transfer)).toBe('fetched')
  })

  it('[hold/report] and a hold are made, shown and ended by `safehand`', async () => {
    const transfer = await released()
    const [olu, officer] = [await lineOf(running, running.olu), await lineOf(running, ian)]
    try {
      expect(await officer.run('place-hold', transfer, '--reason', ' ')).toMatchObject({ exit: 2 })
      await officer.done('place-hold', transfer, '--reason', 'Laptop lost')
      expect((await olu.run('status', transfer)).out).toMatch(
        /State: released. On hold for an incident.*Held by an officer of Test Council, .*: Laptop lost/s,
      )
      await officer.done('lift-hold', transfer, '--reason', 'Found again')
      await olu.done('report', transfer, '--problem', 'wrong-recipient', '--reason', 'Another unit')
      expect((await olu.run('status', transfer)).out).toContain('a recipient says that it is not meant for them')
      await officer.done('place-hold', transfer, '--reason', 'Looking into it')
      expect((await officer.run('lift-hold', transfer, '--reason', 'Looked')).out).toMatch(
        /Your hold is lifted.*still stands: On hold: a recipient says that it is not meant for them/,
      )
      expect((await olu.done('lift-hold', transfer, '--reason', 'It is ours after all')).held).toBeNull()
    } finally {
      await Promise.all([olu.remove(), officer.remove()])
    }
  })
})
