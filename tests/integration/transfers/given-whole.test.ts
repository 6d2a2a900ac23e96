// What counts as given (ARCHITECTURE.md#collect): any octet that went out may have been read, so a recall says so; but who
// was not given every octet of every file has not opened it, and without a signature has not received it.
import { randomBytes } from 'node:crypto'
import { readdir, readlink } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { acknowledgeUnsigned, reportOpened } from '#client/collect/acknowledge.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { codeOf, look, release } from '../../fixtures/transfer-acts.ts'
import {
  agreementFor,
  fileOf,
  type Member,
  prove,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

let running: TransferApp
const content = randomBytes(3_000_000)
/** More than connections hold on their way. */
const large = randomBytes(40_000_000)

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  await prove(running, running.olu)
  await prove(running, running.pat)
})
afterAll(() => running?.stop())

interface Asking {
  readonly member?: Member
  readonly method?: 'GET' | 'HEAD'
  readonly range?: string
  /** Octets after which the reader goes away. */
  readonly cut?: number
}

/** Below /transfers/:transfer. */
async function ask(transfer: TransferId, path: string, { member = running.olu, method, range, cut }: Asking = {}) {
  const reply = await fetch(`${running.app.url}/api/transfers/${transfer}/${path}`, {
    method: method ?? 'GET',
    headers: { Authorization: `Bearer ${member.token}`, ...(range && { Range: range }) },
  })
  let octets = 0
  for await (const piece of reply.body ?? []) {
    octets += piece.length
    // Leaving the body closes the connection.
    if (cut !== undefined && octets >= cut) break
  }
  return { status: reply.status, headers: reply.headers, octets }
}

/** Of this process, which the service of this test runs in (proc_pid_fd(5)). */
async function openFiles(within: string): Promise<string[]> {
  const handles = await readdir('/proc/self/fd')
  const paths = await Promise.all(handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')))
  return paths.filter((path) => path.includes(within))
}

type Fetch = (transfer: TransferId, files: readonly string[]) => Promise<unknown>
const each = (files: readonly string[], one: (file: string) => Promise<unknown>) => Promise.all(files.map(one))
const allOf = (transfer: TransferId, files: readonly string[], asking?: Asking) =>
  each(files, (file) => ask(transfer, `files/${file}`, asking))

const breaksOff: Fetch = async (one, [file, list]) => {
  await ask(one, `files/${file}`, { cut: 1000 })
  await ask(one, `files/${list}`)
}
const bundleBreaksOff: Fetch = (one) => ask(one, 'bundle', { cut: 100_000 })

const incomplete = 'FETCH_INCOMPLETE'
const attempts: readonly (readonly [string, Fetch, string, string])[] = [
  ['nothing', async () => {}, 'waiting', 'TRANSFER_STATE'],
  ['HEAD of each file', (one, files) => allOf(one, files, { method: 'HEAD' }), 'waiting', 'TRANSFER_STATE'],
  ['HEAD of the bundle', (one) => ask(one, 'bundle', { method: 'HEAD' }), 'waiting', 'TRANSFER_STATE'],
  ['the first octet of each', (one, files) => allOf(one, files, { range: 'bytes=0-0' }), 'fetched', incomplete],
  ['the last octet of each', (one, files) => allOf(one, files, { range: 'bytes=-1' }), 'fetched', incomplete],
  ['all but the last octet', (one, files) => allOf(one, files, { range: 'bytes=0-999' }), 'fetched', incomplete],
  ['all but the list of files', (one, [file]) => ask(one, `files/${file}`), 'fetched', incomplete],
  ['files that break off', breaksOff, 'fetched', incomplete],
  ['a bundle that breaks off', bundleBreaksOff, 'fetched', incomplete],
  ['by a colleague', (one, files) => allOf(one, files, { member: running.pat }), 'fetched', incomplete],
  ['each whole', allOf, 'fetched', 'done'],
  ['the bundle whole', (one) => ask(one, 'bundle'), 'fetched', 'done'],
  [
    'in parts, the last first, one of them twice',
    async (one, files) => {
      for (const range of ['bytes=2000000-', 'bytes=0-1000', 'bytes=500-1500', 'bytes=1501-1999999'])
        await allOf(one, [files[0]!], { range })
      await ask(one, 'files/manifest')
    },
    'fetched',
    'done',
  ],
]

async function released(footage = content) {
  const transfer = await release(running, [fileOf(footage, 'footage.bin')])
  const { files } = await look(running.olu, transfer)
  return { transfer, files: files.map(({ id }) => id) }
}

async function noteOf(transfer: TransferId) {
  const agreement = await agreementFor(running, running.olu)
  const { note: document } = await look(running.olu, transfer)
  return verifyNote({ agreement, transfer, document: document!, now: systemClock.now() as Instant })
}

describe('[collect/given-whole] what was given, and what may be said of it', () => {
  it.each(attempts)('[collect/given-whole] %s', async (_, attempt, state, expected) => {
    const { transfer, files } = await released(attempt === breaksOff || attempt === bundleBreaksOff ? large : content)
    await attempt(transfer, files)
    expect((await look(running.olu, transfer)).deliveries).toMatchObject([{ state }])
    const { api } = running.olu
    expect(await codeOf(api.call(collectOperations.opened, { params: { transfer } }))).toBe(expected)
    expect(await codeOf(acknowledgeUnsigned(api, transfer))).toBe(expected)
  })

  it('[collect/given-whole] a reader who leaves keeps no file open', async () => {
    const { transfer, files } = await released(large)
    for (const path of [`files/${files[0]}`, 'bundle']) await ask(transfer, path, { cut: 100_000 })
    await expect.poll(() => openFiles('/objects/')).toEqual([])
  })

  it('[collect/given-whole] HEAD says what the whole is like, has the entry of a look, and no octet', async () => {
    const { transfer, files } = await released()
    const [file] = files
    const entries = await entriesOf(running.database.as.owner.database, async () => {
      const { status, headers, octets } = await ask(transfer, `files/${file}`, { method: 'HEAD', range: 'bytes=0-0' })
      expect([status, octets, headers.get('content-range')]).toEqual([200, 0, null])
      const whole = await ask(transfer, `files/${file}`, { method: 'HEAD' })
      expect(whole.headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/)
      expect(Number(whole.headers.get('content-length'))).toBeGreaterThan(content.length)
    })
    expect(entries.map(({ event }) => event)).toEqual(['transfer.viewed', 'transfer.viewed'])
    const unknown = await ask(transfer, `files/${'f'.repeat(32)}`, { method: 'HEAD' })
    expect(unknown.status).toBe(404)
    const stranger = await ask(transfer, `files/${file}`, { method: 'HEAD', member: running.dora })
    expect(stranger.status).toBe(404)
    const bundle = await ask(transfer, 'bundle', { method: 'HEAD' })
    expect([bundle.status, bundle.octets, bundle.headers.get('content-type')]).toEqual([200, 0, 'application/zip'])
  })

  it('[collect/given-whole] a client whose service forgot what it gave says so, and goes on', async () => {
    const { transfer, files } = await released()
    await allOf(transfer, files)
    const { api } = running.olu
    const note = await noteOf(transfer)
    await running.database.as.owner.pool.query('DELETE FROM served WHERE transfer = $1', [transfer])
    expect(await reportOpened({ api, note })).toBe(false)
    await allOf(transfer, files)
    expect(await reportOpened({ api, note })).toBe(true)
  })
})
