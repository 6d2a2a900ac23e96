// One transfer's whole way by the real client code: draft, tus upload, dispatch, collect, open, acknowledge.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { acknowledge, reportOpened } from '#client/collect/acknowledge.ts'
import { verifyVerdict } from '#client/transfers/verify-verdict.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { type Collected, collectAndOpen } from '#client/collect/collect-and-open.ts'
import { ownPerson } from '#client/trust/sender.ts'
import type { Sent } from '#client/send/send.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { Instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { openpgpPrimitives } from '#platform/crypto.ts'
import { folderSink } from '../../../cli/collecting/sink.ts'
import { entriesOf, readIntake } from '../../fixtures/entries.ts'
import {
  lookUnder,
  agreementFor,
  fileOf,
  judge,
  type Member,
  prove,
  requestOf,
  send,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

let running: TransferApp
let folder: string
let sent: Sent
const large = randomBytes(20_000_000)
const small = new TextEncoder().encode('Seen at the station at 21:40.')
const now = () => systemClock.now() as Instant

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  folder = await mkdtemp(join(tmpdir(), 'safehand-collected-'))
  sent = await send(running, [
    fileOf(large, 'footage.bin'),
    fileOf(small, '../../etc/pass\u202ewd'),
    fileOf(new Uint8Array(1), 'one-byte'),
  ])
})
afterAll(async () => {
  await running?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const intake = () => running.database.as.owner.database

async function collect(member: Member): Promise<Collected> {
  const agreement = await agreementFor(running, member)
  const { api, person: tested } = member
  const person = ownPerson(agreement, tested.account)!
  const { transfer } = sent
  return collectAndOpen({
    api,
    look: await lookUnder(agreement, { api, transfer }),
    person,
    key: unlockedKey(tested.key.privateKey),
    transfer,
    sink: folderSink(folder),
    primitives: openpgpPrimitives,
  })
}

describe('a transfer from draft to acknowledge', () => {
  it('[send/dispatch] is dispatched: every body arrived through tus, the note holds, each reader has one wrapped key', async () => {
    const view = await running.carol.api.call(viewOperations.view, { params: { transfer: sent.transfer } })
    expect(view.state).toBe('dispatched')
    expect(view.files.map(({ bodyDigest }) => bodyDigest !== null)).toEqual([true, true, true, true])
    const keys = await intake().selectFrom('pkesk').select('account').where('transfer', '=', sent.transfer).execute()
    const readers = [running.carol, running.olu, running.pat].map(({ person }) => person.account)
    expect(keys.map(({ account }) => account).toSorted()).toEqual([...readers, null].toSorted())
    const events = (await readIntake(intake())).filter(({ transfer }) => transfer === sent.transfer)
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['transfer.drafted', 'file.uploaded', 'scan.certificate.issued', 'transfer.dispatched']),
    )
  })

  it('[send/no-nonce-twice] used another salt for each file, journalled before the first byte', () => {
    const all = running.journal.filter(({ transfer }) => transfer === sent.transfer)
    const journalled = all.filter((one) => one.entry === 'attempt')
    expect(journalled).toHaveLength(4)
    expect(new Set(journalled.map(({ salt }) => salt)).size).toBe(4)
    expect(new Set(journalled.map(({ keyDigest }) => keyDigest)).size).toBe(1)
  })

  it('[collect/fetch] is not collectable before it was released, nor without a key proof', async () => {
    const fetchFile = () =>
      running.olu.api.bytes(collectOperations.fetch, { params: { transfer: sent.transfer, file: 'manifest' } })
    await expect(fetchFile()).rejects.toMatchObject({ code: 'SCAN_PENDING' })
    expect(await judge(running, { transfer: sent.transfer, verdict: 'clean' })).toBe('released')
    await expect(fetchFile()).rejects.toMatchObject({ code: 'KEY_PROOF_REQUIRED' })
  })

  it('[collect/fetch] is acknowledged by nobody before a byte of it was fetched', async () => {
    const agreement = await agreementFor(running, running.olu)
    const { api, person: tested } = running.olu
    const { note: document, signedVerdict } = await api.call(viewOperations.view, {
      params: { transfer: sent.transfer },
    })
    const note = await verifyNote({ agreement, transfer: sent.transfer, document: document!, now: now() })
    const key = unlockedKey(tested.key.privateKey)
    const person = ownPerson(agreement, tested.account)!
    const verdict = await verifyVerdict({ agreement, note, ...signedVerdict!, now: now() })
    await expect(acknowledge({ api, agreement, person, key, note, verdict, now })).rejects.toMatchObject({
      code: 'TRANSFER_STATE',
    })
  })

  it('[collect/fetch] is collected, verified, opened and acknowledged by a member of the team, for the team', async () => {
    await prove(running, running.olu)
    const collected = await collect(running.olu)
    expect(collected.caseReference).toBe('ASB-2026-17')
    expect(collected.files.map(({ place }) => place.slice(folder.length + 1))).toEqual([
      'footage.bin',
      'etc/pass_wd',
      'one-byte',
    ])
    const contents = await Promise.all(collected.files.map(({ place }) => readFile(place)))
    expect(contents.map((bytes) => bytes.length)).toEqual([large.length, small.length, 1])
    expect(Buffer.compare(contents[0]!, large)).toBe(0)
    const agreement = await agreementFor(running, running.olu)
    const { api, person: tested } = running.olu
    const person = ownPerson(agreement, tested.account)!
    await reportOpened({ api, note: collected.note })
    const key = unlockedKey(tested.key.privateKey)
    const acknowledging = { api, agreement, person, key, note: collected.note, verdict: collected.verdict, now }
    const entries = await entriesOf(intake(), () => acknowledge(acknowledging))
    expect(entries.map(({ event, outcome }) => `${event} ${outcome}`)).toEqual(['transfer.acknowledged success'])
    await expect(acknowledge(acknowledging)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    const view = await running.carol.api.call(viewOperations.view, { params: { transfer: sent.transfer } })
    expect(view.deliveries).toMatchObject([{ state: 'acknowledged', acknowledgedBy: tested.account }])
  })

  it('[collect/ranges] [transfer/strangers] is seen by nobody else: a stranger gets 404 and the agreement’s log learns nothing', async () => {
    const entries = await entriesOf(intake(), () =>
      expect(running.dora.api.call(viewOperations.view, { params: { transfer: sent.transfer } })).rejects.toMatchObject(
        { code: 'NOT_FOUND', status: 404 },
      ),
    )
    expect(entries.map(({ log, event, code }) => [log, event, code])).toEqual([
      [`test.safehand.invalid/organisations/${running.dora.organisation.id}`, 'transfer.viewed', 'NOT_FOUND'],
    ])
  })
})

describe('a download', () => {
  const get = (headers: Record<string, string> = {}) =>
    running.olu.api.bytes(collectOperations.fetch, {
      params: { transfer: sent.transfer, file: 'manifest' },
      headers,
    })
  const bytesOf = async (reply: Awaited<ReturnType<typeof get>>) =>
    Buffer.concat(await Array.fromAsync(reply.body as AsyncIterable<Uint8Array>))

  it('[collect/ranges] goes on by Range and If-Range under one strong ETag, and starts again for another version', async () => {
    const whole = await get()
    const etag = whole.headers.get('etag')!
    const all = await bytesOf(whole)
    expect([whole.status, etag]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{64}"$/)])
    expect(whole.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(whole.headers.get('content-type')).toBe('application/pgp-encrypted')
    for (const from of [1, 100, 300]) {
      const rest = await get({ Range: `bytes=${from}-`, 'If-Range': etag })
      expect(rest.status).toBe(206)
      expect(rest.headers.get('content-range')).toBe(`bytes ${from}-${all.length - 1}/${all.length}`)
      expect(Buffer.compare(await bytesOf(rest), all.subarray(from))).toBe(0)
    }
    const other = await get({ Range: 'bytes=100-', 'If-Range': '"another"' })
    expect([other.status, (await bytesOf(other)).length]).toEqual([200, all.length])
  })

  it.each(['bytes=9999999-', 'bytes=-0'])('[collect/ranges] refuses %s, and says how long it is', async (Range) => {
    const length = (await bytesOf(await get())).length
    const reply = await fetch(`${running.app.url}/api/transfers/${sent.transfer}/files/manifest`, {
      headers: { Range, Authorization: `Bearer ${running.olu.token}` },
    })
    expect([reply.status, await reply.json()]).toMatchObject([416, { code: 'RANGE_INVALID' }])
    expect(reply.headers.get('content-range')).toBe(`bytes */${length}`)
  })

  it.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=-', 'bytes=5-1'])(
    '[collect/ranges] gives the whole for %s, which is no single range of octets',
    async (Range) => {
      const [whole, reply] = [await bytesOf(await get()), await get({ Range })]
      expect([reply.status, reply.headers.get('content-range')]).toEqual([200, null])
      expect(Buffer.compare(await bytesOf(reply), whole)).toBe(0)
    },
  )

  it('[collect/ranges] has its entry before the first byte, and again for each range', async () => {
    const entries = await entriesOf(intake(), async () => bytesOf(await get({ Range: 'bytes=120-' })))
    expect(entries.map(({ event, detail }) => [event, detail.from])).toEqual([['file.fetched', 120]])
  })
})

describe('a draft', () => {
  it('[send/dispatch] asked for twice with one key is one draft, with the same tokens', async () => {
    const { recipients, files, ...asked } = await requestOf(running, [fileOf(small)])
    const body = {
      ...asked,
      agreement: running.world.agreement.value.id,
      items: [...asked.items],
      recipients: recipients.map(({ recipient }) => recipient),
      files: files.map(({ size }) => ({ size })),
      manifest: { size: 900 },
    }
    const idempotencyKey = `draft-${randomBytes(8).toString('hex')}`
    const first = await running.carol.api.call(sendOperations.draft, { body, idempotencyKey })
    const second = await running.carol.api.call(sendOperations.draft, { body, idempotencyKey })
    expect(second).toEqual(first)
    expect(new Set(first.uploads.map(({ token }) => token)).size).toBe(2)
    const { uploads } = await running.carol.api.call(sendOperations.draft, { body })
    expect(uploads[0]!.token).not.toBe(first.uploads[0]!.token)
  })

  it('[collect/ranges] [transfer/strangers] of a stranger to the agreement is refused as if there were none', async () => {
    const { recipients, files: _, ...asked } = await requestOf(running, [])
    const body = {
      ...asked,
      agreement: running.world.agreement.value.id,
      items: [...asked.items],
      recipients: recipients.map(({ recipient }) => recipient),
      files: [{ size: 1 }],
      manifest: { size: 900 },
    }
    await expect(running.dora.api.call(sendOperations.draft, { body })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
