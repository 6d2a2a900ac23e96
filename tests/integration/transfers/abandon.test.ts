// Giving up what was never handed over: by its sender, by the housekeeper when nobody can upload any more, and by nobody else.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { draftTransfer } from '#client/send/draft.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { addDays } from '#domain/time.ts'
import type { CorrelationId, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createCommit } from '#store/commit.ts'
import { findLostJobs } from '#store/lost-jobs.ts'
import { abandonOverdue } from '../../../worker/housekeeper/transfers/abandon.ts'
import { testOrigin } from '../../fixtures/app.ts'
import { newId } from '../../fixtures/documents.ts'
import { readIntake } from '../../fixtures/entries.ts'
import {
  effectsOf,
  fileOf,
  send,
  sendingOf,
  startTransferApp,
  stateOf,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

const owner = () => running.database.as.owner.database
const draft = async () => draftTransfer(effectsOf(running), await sendingOf(running, [fileOf(new Uint8Array(9))]))

async function storyOf(transfer: TransferId): Promise<string[]> {
  const entries = await readIntake(owner())
  return entries.filter((one) => one.transfer === transfer).map(({ event, outcome }) => `${event} ${outcome}`)
}

const head = ({ token }: { readonly token: string }, name: string) =>
  fetch(`${running.app.url}/uploads/${name}`, {
    method: 'HEAD',
    headers: { 'Tus-Resumable': '1.0.0', Authorization: `Upload ${token}` },
  })

it('[send/abandon] a sender gives up a draft: its tokens take nothing more, and the agreement’s log says so', async () => {
  const { transfer, files } = await draft()
  const name = `${transfer}-${files[0]!.file}`
  expect((await head(files[0]!, name)).status).toBe(200)
  await running.carol.api.call(sendOperations.abandon, { params: { transfer } })
  expect(await stateOf(running, transfer)).toBe('abandoned')
  expect((await head(files[0]!, name)).status).toBe(403)
  const revoked = await owner()
    .selectFrom('upload')
    .select('token_revoked_at')
    .where('transfer', '=', transfer)
    .execute()
  expect(revoked.map((one) => one.token_revoked_at === null)).toEqual([false, false])
  expect(await storyOf(transfer)).toContain('transfer.abandoned success')
})

it('[send/abandon] nobody else gives it up, and nobody what was handed over', async () => {
  const { transfer } = await draft()
  const strange = running.olu.api.call(sendOperations.abandon, { params: { transfer } })
  await expect(strange).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const sent = await send(running, [fileOf(new Uint8Array(9))])
  const late = running.carol.api.call(sendOperations.abandon, { params: { transfer: sent.transfer } })
  await expect(late).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
  expect([await stateOf(running, transfer), await stateOf(running, sent.transfer)]).toEqual(['draft', 'dispatched'])
})

it('[send/abandon] the housekeeper finds what was left behind a day after its last token, and not before', async () => {
  const { transfer } = await draft()
  const { database } = running.database.as.housekeeper
  const at = systemClock.now() as Instant
  const foundAt = async (now: Instant) =>
    (await findLostJobs(database, now)).filter((one) => one.name === 'abandon-transfer' && one.key === transfer).length
  const runAt = async (now: Instant) => {
    const commit = createCommit({ database, installation: testOrigin, now: () => now })
    await abandonOverdue({ database, commit, now: () => now }, { transfer, correlation: newId<CorrelationId>() })
    return stateOf(running, transfer)
  }
  expect([await foundAt(addDays(at, 1)), await runAt(addDays(at, 1))]).toEqual([0, 'draft'])
  expect([await foundAt(addDays(at, 3)), await runAt(addDays(at, 3))]).toEqual([1, 'abandoned'])
  // A job that comes twice.
  expect([await foundAt(addDays(at, 3)), await runAt(addDays(at, 3))]).toEqual([0, 'abandoned'])
  const story = await storyOf(transfer)
  expect(story.filter((one) => one.startsWith('transfer.abandoned'))).toEqual(['transfer.abandoned success'])
})
