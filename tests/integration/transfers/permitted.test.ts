// What a view says that its reader may do with the transfer, from facts that the server loads itself. Every person and
// situation is in shared/domain/WHO-MAY-WHAT.md; here, that the facts arrive.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { addRecipientOperations } from '#contract/transfers/add-recipient.ts'
import { addDays } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { codeOf, enterAs, fetchManifest, look, recall, release } from '../../fixtures/transfer-acts.ts'
import { fileOf, prove, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

it('[transfer/permitted] is said with each view, and changes with what has happened', async () => {
  const { carol, olu, world } = running
  const officer = await enterAs(running, world.council, 'information-officer')
  const transfer = await release(running, [fileOf(new Uint8Array(9))])
  const ofSender = ['transfer.add-recipient', 'transfer.recall']
  expect((await look(carol, transfer)).permitted).toEqual(ofSender)
  expect((await look(officer, transfer)).permitted).toEqual(['transfer.recall', 'transfer.place-hold'])

  const unproven = (await look(olu, transfer)).permitted
  expect(unproven).not.toContain('transfer.fetch')
  await prove(running, olu)
  expect((await look(olu, transfer)).permitted).toEqual(expect.arrayContaining(['transfer.fetch', 'transfer.report']))
  await fetchManifest(olu, transfer)
  const fetched = (await look(olu, transfer)).permitted
  expect(fetched).toEqual(expect.arrayContaining(['transfer.acknowledge', 'transfer.state-destruction']))

  await recall(carol, transfer)
  expect((await look(carol, transfer)).permitted).toEqual([])
  expect((await look(olu, transfer)).permitted).toEqual(['transfer.state-destruction'])
})

it('[transfer/permitted] asks the transfer’s agreement: what goes out by it no more is not offered, and refused when it is done', async () => {
  const { carol, app, world } = running
  const transfer = await release(running, [fileOf(new Uint8Array(9))])
  expect((await look(carol, transfer)).permitted).toContain('transfer.add-recipient')
  const dayAfter = addDays(`${world.agreement.value.reviewOn}T12:00:00Z` as Instant, 1)
  await app.clock.at(dayAfter, async () => {
    expect((await look(carol, transfer)).permitted).not.toContain('transfer.add-recipient')
    const unread = { bytes: 'e30=', signature: 'e30=' }
    const body = { addendum: unread, keys: [{ keySet: 0, pkesk: 'e30=' }] }
    const add = carol.api.call(addRecipientOperations.addRecipient, { params: { transfer }, body })
    expect(await codeOf(add)).toBe('AGR_REVIEW_OVERDUE')
  })
})
