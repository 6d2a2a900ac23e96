// What happens to a file while it is sent: it grows, is cut off, goes away or cannot be read. The person is told of the file,
// at once, and neither the network nor the service is blamed for it.
import { createReadStream } from 'node:fs'
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { sendTransfer } from '#client/send/send.ts'
import type { OutgoingFile } from '#client/send/sending.ts'
import { effectsOf, fileOf, sendingOf, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const part = 8_388_608
const content = new Uint8Array(2 * part + 500_000).fill(65)

let running: TransferApp
let folder: string

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  folder = await mkdtemp(join(tmpdir(), 'safehand-file-'))
})
afterAll(async () => {
  await running?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** As a command line reads it; `meanwhile` happens once, when the first part has been read. */
async function sendChanging(meanwhile: (path: string) => Promise<void>): Promise<unknown> {
  const path = join(folder, 'report.csv')
  await writeFile(path, content)
  const file: OutgoingFile = {
    ...fileOf(content, 'report.csv'),
    async *open() {
      let left = part
      for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Uint8Array>) {
        left -= piece.length
        if (left === 0) await meanwhile(path)
        yield piece
      }
    },
  }
  const started = performance.now()
  const failed = await sendTransfer(effectsOf(running), await sendingOf(running, [file])).catch(
    (error: unknown) => error,
  )
  expect(performance.now() - started).toBeLessThan(retriesTake)
  return failed
}

/** As long as failures of the network are tried again; a file's are not. */
const retriesTake = 55_000
const changed = { name: 'FileChanged', file: 'report.csv' }

it('[send/file-fault] that grows is told of as changed', async () => {
  expect(await sendChanging((path) => appendFile(path, 'more'))).toMatchObject(changed)
})

it('[send/file-fault] that is cut off is told of as changed', async () => {
  expect(await sendChanging((path) => truncate(path, part + 5))).toMatchObject(changed)
})

it('[send/file-fault] that can be read no more is told of as such, with the reason', async () => {
  const gone = Object.assign(new Error('gone'), { code: 'ENOENT' })
  const failed = await sendChanging(() => Promise.reject(gone))
  expect(failed).toMatchObject({ name: 'FileUnreadable', file: 'report.csv', cause: { code: 'ENOENT' } })
})
