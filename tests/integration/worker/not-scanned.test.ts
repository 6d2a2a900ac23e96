// What could not be scanned, where the flow lets the sender answer for it: held, told, and released by the database only
// when somebody else's approval is there; and never when it is not what was signed (ARCHITECTURE.md#not-scanned).
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { readMails } from '../../../scripts/services.ts'
import { holderOf } from '../../fixtures/documents.ts'
import {
  dispatchTransfer,
  loadEvents,
  loadVerdicts,
  startWorkers,
  until,
  untilState,
  type Workers,
} from '../../fixtures/workers.ts'
import { zip } from '../../fixtures/zips.ts'

const services = inject('services')
const flow = 'sealed-to-police'
const text = (words: string) => new TextEncoder().encode(words)
const locked = zip([{ content: text('harmless'), encrypted: true }])

let workers: Workers

beforeAll(async () => {
  workers = await startWorkers(services)
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})

afterAll(() => workers?.stop())

async function mailsAbout(id: TransferId): Promise<string[]> {
  const mails = await readMails(services.smtp.folder!)
  return mails.filter((mail) => mail.includes(id)).flatMap((mail) => mail.match(/^To: (.*)$/im)?.[1] ?? [])
}

const held = async (contents = [locked]) => {
  const { id, note } = await dispatchTransfer(workers, { contents, flow })
  await untilState(workers, { id, state: 'awaiting-approval' })
  return { id, note }
}

const release = (id: TransferId) =>
  workers.database.as.housekeeper.database
    .updateTable('transfer')
    .set({ state: 'released', released_at: systemClock.now() as Instant })
    .where('id', '=', id)
    .execute()

/** As the server writes an approval once it was decided. */
async function approve(id: TransferId, account: string): Promise<void> {
  const { database } = workers.database.as.server
  const { note_hash } = await database
    .selectFrom('transfer')
    .select('note_hash')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const signed = { bytes: text('{}'), signature: text('x'), at: systemClock.now() }
  await database
    .insertInto('approval')
    .values({ transfer: id, note_hash, account, what: 'release-not-scanned', ...signed } as never)
    .execute()
}

describe('[approval/not-scanned] unscannable under a flow that lets the sender answer', () => {
  it('[approval/not-scanned] is held, and sender and approvers are told', async () => {
    const { id } = await held()
    expect((await loadVerdicts(workers, id)).map(({ verdict }) => verdict)).toEqual(['unscannable', 'clean'])
    await until(async () => (await mailsAbout(id)).length >= 2, { otherwise: async () => 'not told' })
    expect((await mailsAbout(id)).toSorted()).toEqual(['ana@council.example', 'carol@council.example'])
    expect(await loadEvents(workers, id)).toEqual(expect.arrayContaining(['scan.key.destroyed', 'transfer.held']))
    expect(await loadEvents(workers, id)).not.toContain('transfer.released')
  })

  it('[approval/not-scanned] is released by no process without an approval of somebody else than the sender', async () => {
    const { id } = await held()
    await expect(release(id)).rejects.toThrow(/released only clean and sealed/)
    await approve(id, holderOf(workers.world.council, 'caseworker').account)
    await expect(release(id)).rejects.toThrow(/released only clean and sealed/)
  })

  it('[approval/not-scanned] is released once approved: a lost job is found, and the clock goes on where it stood', async () => {
    const { id } = await held()
    const { database } = workers.database.as.owner
    const expiry = () =>
      database
        .selectFrom('transfer')
        .select(['expires_at', 'held_at', 'held_reason'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    const before = await expiry()
    expect(before.held_reason).toBe('unscannable')
    await approve(id, holderOf(workers.world.council, 'approver').account)
    await untilState(workers, { id, state: 'released' })
    const after = await expiry()
    expect(after.held_at).toBe(null)
    expect(after.expires_at > before.expires_at).toBe(true)
  })

  it('[approval/not-scanned] is approved only while it is held', async () => {
    const { id } = await dispatchTransfer(workers, { contents: [text('clean')], flow })
    await untilState(workers, { id, state: 'released' })
    await expect(approve(id, holderOf(workers.world.council, 'approver').account)).rejects.toThrow(/awaiting-approval/)
  })

  it('[scan/unscannable] what is not what was signed is rejected all the same', async () => {
    const cut = (body: Uint8Array) => body.slice(0, -20)
    for (const tampering of [{ body: cut }, { stored: cut }]) {
      const { id } = await dispatchTransfer(workers, { contents: [text('cut short')], flow, ...tampering })
      await untilState(workers, { id, state: 'rejected' })
    }
  })

  it('[scan/unscannable] elsewhere it is rejected', async () => {
    const { id } = await dispatchTransfer(workers, { contents: [locked] })
    await untilState(workers, { id, state: 'rejected' })
  })
})
