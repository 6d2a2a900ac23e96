// A needless rescan (ARCHITECTURE.md#scan-key-lost): a lying service says that the scan key was lost, so that the
// sender wraps the session key once more - for a transfer that was judged or released long ago, or was never lost at
// all. The sender's client wraps nothing.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Rescanning } from '#client/send/rescan.ts'
import { rescanTransfer } from '#client/send/rescan.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import type { Entry } from '#domain/audit/entry.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { entriesOf } from '../fixtures/entries.ts'
import {
  agreementFor,
  effectsOf,
  fileOf,
  loseScanKey,
  send,
  senderOf,
  startTransferApp,
  stateOf,
  type TransferApp,
} from '../fixtures/transfer-app.ts'

let running: TransferApp
let transfer: TransferId
let lost: Entry[]

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const sent = await send(running, [fileOf(new TextEncoder().encode('minutes of the meeting'))])
  transfer = sent.transfer
  lost = await entriesOf(running.database.as.owner.database, () => loseScanKey(running, transfer))
})
afterAll(() => running?.stop())

async function asked(change: Partial<Rescanning> = {}): Promise<Rescanning> {
  const sender = await senderOf(running)
  const view = await running.carol.api.call(viewOperations.view, { params: { transfer } })
  const agreement = await agreementFor(running, running.carol)
  const now = systemClock.now() as Instant
  const note = await verifyNote({ agreement, transfer, document: view.note!, now })
  return { sender, note, view, entries: lost, seen: null, ...change }
}

const rescan = async (change: Partial<Rescanning> = {}) => rescanTransfer(effectsOf(running), await asked(change))
const refused = { code: 'TRUST_RESCAN' }
const entryOf = (event: string, of: TransferId = transfer) => ({ ...lost[0]!, event, transfer: of }) as Entry

describe('[scan/needless-rescan] a sender who is asked to wrap again', () => {
  it('[scan/needless-rescan] refuses when the log knows of no lost scan key, or of another transfer’s, or another key', async () => {
    const lostKey = lost.find(({ event }) => event === 'scan.key.lost')!
    const otherKey = { ...lostKey, detail: { fingerprint: 'a'.repeat(40) } } as Entry
    const refusedLoss = { ...lostKey, outcome: 'refused' } as Entry
    const elsewhere = entryOf('scan.key.lost', 'f'.repeat(32) as TransferId)
    for (const entries of [[], [otherKey], [refusedLoss], [elsewhere]]) {
      await expect(rescan({ entries })).rejects.toMatchObject(refused)
    }
  })

  it.each(['scan.verdict', 'transfer.held', 'transfer.released', 'transfer.rejected'])(
    '[scan/needless-rescan] refuses when the log has %s, before or after',
    async (event) => {
      await expect(rescan({ entries: [...lost, entryOf(event)] })).rejects.toMatchObject(refused)
      await expect(rescan({ entries: [entryOf(event), ...lost] })).rejects.toMatchObject(refused)
    },
  )

  it('[scan/needless-rescan] refuses when its own journal saw what became of it', async () => {
    await expect(rescan({ seen: 'released' })).rejects.toMatchObject(refused)
  })

  it('[scan/needless-rescan] refuses another wrapped key and another reference than it signed for', async () => {
    const { view } = await asked()
    const [own] = view.ownKeys
    const bytes = Uint8Array.fromBase64(own!.pkesk)
    bytes[bytes.length - 1]! ^= 1
    const other = { ...view, ownKeys: [{ ...own!, pkesk: bytes.toBase64() }] }
    for (const lie of [other, { ...view, ownKeys: [] }, { ...view, caseReference: 'ASB-2026-18' }]) {
      await expect(rescan({ view: lie })).rejects.toMatchObject({ code: 'TRUST_NOTE' })
    }
    expect(await stateOf(running, transfer)).toBe('waiting-for-sender')
  })

  it('[scan/needless-rescan] gives its wrapped keys to nobody else, and to the sender only while it waits', async () => {
    await expect(running.dora.api.call(viewOperations.view, { params: { transfer } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    const read = await running.olu.api.call(viewOperations.view, { params: { transfer } })
    expect(read.ownKeys).toEqual([])
    const { view } = await asked()
    expect(view.ownKeys).toHaveLength(1)
  })

  it('[scan/needless-rescan] else wraps for a new certificate alone, under a new note of the same bodies; the first is kept', async () => {
    const before = await asked()
    const hash = await rescan()
    const after = await asked()
    expect(after.view.state).toBe('dispatched')
    expect(after.view.ownKeys).toEqual([])
    expect(after.note.hash).toBe(hash)
    expect(after.note.note.files).toEqual(before.note.note.files)
    expect(after.note.note.keySets[0]!.scan.fingerprint).not.toBe(before.note.note.keySets[0]!.scan.fingerprint)
    const { database } = running.database.as.owner
    const earlier = database.selectFrom('earlier_note').select('hash').where('transfer', '=', transfer)
    expect(await earlier.execute()).toEqual([{ hash: before.note.hash }])
  })
})
