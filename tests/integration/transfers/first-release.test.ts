// The first release to somebody new waits (ARCHITECTURE.md#first-release): from the hand-over on, by an instant that
// stands in the database and is asked by the clock; meanwhile the sender is told and can undo it. Who received before
// waits no more.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { endingOperations } from '#contract/transfers/endings.ts'
import { addSeconds } from '#domain/time.ts'
import type { CorrelationId, Instant, TransferId } from '#domain/values.ts'
import { createCommit } from '#store/commit.ts'
import { findLostJobs } from '#store/lost-jobs.ts'
import { releaseTransfer } from '../../../worker/housekeeper/transfers/release.ts'
import { testOrigin } from '../../fixtures/app.ts'
import { newId } from '../../fixtures/documents.ts'
import { lineOf } from '../../fixtures/person-line.ts'
import { look } from '../../fixtures/transfer-acts.ts'
import { fileOf, judge, send, startTransferApp, stateOf, type TransferApp } from '../../fixtures/transfer-app.ts'

const files = [fileOf(new TextEncoder().encode('For the new team.'), 'first.txt')]
const minutes = 10
let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'), { firstReleaseMinutes: minutes })
})
afterAll(() => running?.stop())

async function judged(): Promise<{ readonly transfer: TransferId; readonly until: Instant }> {
  const { transfer } = await send(running, files)
  expect(await judge(running, { transfer, verdict: 'clean' })).toBe('scanning')
  const { releaseNotBefore, dispatchedAt } = await look(running.carol, transfer)
  expect(releaseNotBefore).toBe(addSeconds(dispatchedAt!, minutes * 60))
  return { transfer, until: releaseNotBefore! }
}

/** The housekeeper's job, by a clock at this instant; whether the reconciler would ask for it then. */
async function releaseAt(at: Instant, transfer: TransferId): Promise<boolean> {
  const { database, withLock } = running.database.as.housekeeper
  const now = () => at
  const commit = createCommit({ database, installation: testOrigin, now })
  const soon = addSeconds(at, 3600)
  const found = await findLostJobs(database, soon, at)
  const correlation = newId<CorrelationId>()
  await releaseTransfer({ database, withLock, commit, now }, { transfer, correlation })
  return found.some(({ name, data }) => name === 'release-transfer' && data.transfer === transfer)
}

describe('a first release', () => {
  it('[send/first-release] waits since its hand-over, however often its job comes, and its sender is told and can undo it', async () => {
    const { transfer, until } = await judged()
    expect(await releaseAt(addSeconds(until, -1), transfer)).toBe(false)
    expect(await stateOf(running, transfer)).toBe('scanning')
    const { rows } = await running.database.as.owner.pool.query(
      `select data ->> 'template' as template from outbox where data ->> 'transfer' = $1 and job = 'send-mail'`,
      [transfer],
    )
    expect(rows).toEqual([{ template: 'release-delayed' }])
    const carol = await lineOf(running, running.carol)
    try {
      expect((await carol.run('status', transfer)).out).toContain(
        'You have not sent to them under this agreement before',
      )
    } finally {
      await carol.remove()
    }
    const undone = await running.carol.api.call(endingOperations.recall, {
      params: { transfer },
      body: { reason: 'Meant for others' },
    })
    expect(undone).toEqual({ outcome: 'before-release' })
    expect(await releaseAt(addSeconds(until, 60), transfer)).toBe(false)
    expect(await stateOf(running, transfer)).toBe('recalled')
  })

  it('[send/first-release] comes at its instant, and whoever received once under the agreement waits no more', async () => {
    const { transfer, until } = await judged()
    expect(await releaseAt(until, transfer)).toBe(true)
    expect(await stateOf(running, transfer)).toBe('released')
    const next = await send(running, files)
    expect(await judge(running, { transfer: next.transfer, verdict: 'clean' })).toBe('released')
    expect((await look(running.carol, next.transfer)).releaseNotBefore).toBeNull()
  })
})
