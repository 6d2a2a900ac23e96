// What a killed server leaves in the object store, between an upload and the row that names it, is given up in time.
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { draftTransfer } from '#client/send/draft.ts'
import { addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { sweepUploads } from '../../../worker/housekeeper/uploads.ts'
import { effectsOf, fileOf, sendingOf, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

let running: TransferApp

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
})
afterAll(async () => {
  await running?.stop()
})

it('[send/abandon] an upload that no row names is given up once it is old; a young one and a named one are not', async () => {
  const { objects, database, app } = running
  const drafted = await draftTransfer(effectsOf(running), await sendingOf(running, [fileOf(new Uint8Array(9))]))
  const { token, length } = drafted.files[0]!
  const headers = { 'Tus-Resumable': '1.0.0', Authorization: `Upload ${token}`, 'Upload-Length': String(length) }
  expect((await fetch(`${app.url}/uploads`, { method: 'POST', headers })).status).toBe(201)
  const [named] = await Array.fromAsync(objects.uploadsInProgress(''))
  const left = await objects.begin('a1b2/left')
  const sweep = (now: () => Instant) =>
    sweepUploads({ database: database.as.housekeeper.database, objects, now }, { afterSeconds: 1200 })
  const today = () => systemClock.now() as Instant
  expect(await sweep(today)).toBe(0)
  expect(await sweep(() => addSeconds(today(), 1300))).toBe(1)
  const remaining = await Array.fromAsync(objects.uploadsInProgress(''))
  expect(remaining).toEqual([named])
  expect(remaining.map(({ uploadId }) => uploadId)).not.toContain(left)
})
