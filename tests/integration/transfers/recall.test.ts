// Recall (ARCHITECTURE.md#recall): at once, from any state between hand-over and end, by those who may; what is true
// about it is what the log has; copies that were fetched are asked about until the recipient has signed, and overdue by
// the clock.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { acknowledgeUnsigned } from '#client/collect/acknowledge.ts'
import { verifyDestructionStatement } from '#client/transfers/destruction.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { endingOperations } from '#contract/transfers/endings.ts'
import { collectOperations } from '#contract/transfers/collect.ts'
import { type Fetched, replayEntries } from '#domain/service/replay.ts'
import { addDays, addSeconds } from '#domain/time.ts'
import type { Destruction } from '#domain/transfers/documents/destruction-statement.ts'
import type { Fingerprint, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { serviceWriters } from '#store/restore.ts'
import { lineOf, unlocked } from '../../fixtures/person-line.ts'
import {
  destroyed,
  enterAs,
  entriesAbout,
  fetchManifest,
  look,
  recall,
  release,
  sayOfCopy,
} from '../../fixtures/transfer-acts.ts'
import {
  agreementFor,
  fileOf,
  judge,
  type Member,
  prove,
  send,
  startTransferApp,
  stateOf,
  type TransferApp,
  upload,
} from '../../fixtures/transfer-app.ts'

const now = () => systemClock.now() as Instant
const files = [fileOf(new TextEncoder().encode('About somebody else.'), 'wrong.txt')]
let running: TransferApp
let ian: Member
let ana: Member

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const { council } = running.world
  ian = await enterAs(running, council, 'information-officer')
  ana = await enterAs(running, council, 'approver')
  await prove(running, running.olu)
  await prove(running, running.pat)
})
afterAll(() => running?.stop())

const sent = async () => (await send(running, files)).transfer
const released = () => release(running, files)

/** Jobs of the outbox about a transfer, and whom they are for. */
async function jobsAbout(transfer: TransferId): Promise<string[]> {
  const rows = await running.database.as.owner.database.selectFrom('outbox').select(['job', 'data']).execute()
  const { world } = running
  const people = [...world.council.people, ...world.police.people]
  return rows.flatMap(({ job, data }) => {
    const of = data as Record<string, string>
    if (of.transfer !== transfer) return []
    return [job === 'send-mail' ? `${of.template} ${people.find(({ account }) => account === of.account)?.name}` : job]
  })
}

const state = (member: Member, transfer: TransferId, what: Destruction) =>
  sayOfCopy(running, { member, transfer, what })

describe('a recall', () => {
  it('[recall/truth] before release is an undo: nobody could have read it, and no recipient is troubled', async () => {
    const transfer = await sent()
    expect(await recall(running.carol, transfer)).toEqual({ outcome: 'before-release' })
    expect(await stateOf(running, transfer)).toBe('recalled')
    await expect(fetchManifest(running.olu, transfer)).rejects.toMatchObject({ code: 'TRANSFER_RECALLED', status: 410 })
    expect(await jobsAbout(transfer)).toEqual(['make-scan-certificate', 'scan-transfer', 'destroy-scan-key'])
    await expect(judge(running, { transfer, verdict: 'clean' })).rejects.toThrow('TRANSFER_STATE')
    const { recall: shown, ended } = await look(running.olu, transfer)
    expect(shown).toMatchObject({ outcome: 'before-release', reason: 'Sent to the wrong team', destructions: [] })
    expect(ended?.as).toBe('recalled')
  })

  it('[recall/truth] before the first fetch is provable: the log has no fetch before it, and takes none after it', async () => {
    const transfer = await released()
    expect(await recall(running.carol, transfer)).toEqual({ outcome: 'before-first-fetch' })
    await expect(fetchManifest(running.olu, transfer)).rejects.toMatchObject({ code: 'TRANSFER_RECALLED' })
    const bundle = running.pat.api.bytes(collectOperations.bundle, { params: { transfer } })
    await expect(bundle).rejects.toMatchObject({ code: 'TRANSFER_RECALLED' })
    const events = (await entriesAbout(running, transfer)).map(({ event }) => event)
    expect(events).toContain('transfer.recalled')
    expect(events.filter((event) => event.includes('fetched'))).toEqual([])
    expect((await jobsAbout(transfer)).slice(-2).toSorted()).toEqual([
      'transfer-recalled Olu Officer',
      'transfer-recalled Pat Officer',
    ])
  })

  it('[recall/destruction] after a fetch asks for destruction: asked, overdue at the instant, confirmed by a member of the team', async () => {
    const transfer = await released()
    await fetchManifest(running.olu, transfer)
    expect(await recall(running.carol, transfer)).toEqual({ outcome: 'fetched' })
    expect((await jobsAbout(transfer)).slice(-2).toSorted()).toEqual([
      'destruction-asked Olu Officer',
      'destruction-asked Pat Officer',
    ])
    const { recall: asked, ended } = await look(running.carol, transfer)
    expect(asked?.destructions).toMatchObject([{ state: 'asked', due: addDays(ended!.at, 7) }])

    const { clock } = running.app
    const { due } = asked!.destructions[0]!
    const destructionsAt = async (instant: Instant) =>
      (await clock.at(instant, () => look(running.carol, transfer))).recall?.destructions
    expect(await destructionsAt(addSeconds(due, -1))).toMatchObject([{ state: 'asked' }])
    expect(await destructionsAt(due)).toMatchObject([{ state: 'overdue' }])

    await state(running.pat, transfer, { outcome: 'kept-by-law', because: 'Criminal Procedure and Investigations Act' })
    expect((await look(running.carol, transfer)).recall?.destructions).toMatchObject([{ state: 'kept-by-law' }])
    await state(running.olu, transfer, destroyed)
    const { recall: confirmed, note: document, destructionStatements } = await look(running.carol, transfer)
    expect(confirmed?.destructions).toMatchObject([{ state: 'confirmed' }])
    const agreement = await agreementFor(running, running.carol)
    const note = await verifyNote({ agreement, transfer, document: document!, now: now() })
    const claim = { agreement, note, now: now() }
    const verifying = destructionStatements.map((one) => verifyDestructionStatement({ ...claim, document: one }))
    const verified = (await Promise.all(verifying)).map(({ signer, what }) => ({ by: signer.email, what }))
    expect(verified).toHaveLength(2)
    expect(verified).toContainEqual({ by: 'olu@police.example', what: destroyed })
    const swapped = { ...destructionStatements[1]!, signature: destructionStatements[0]!.signature }
    await expect(verifyDestructionStatement({ ...claim, document: swapped })).rejects.toMatchObject({
      code: 'TRUST_DESTRUCTION',
    })
    await expect(state(running.pat, transfer, destroyed)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
  })

  it('[recall/truth] and fetches at the same instant: whichever is committed first is the truth of both log and outcome', async () => {
    for (let round = 0; round < 3; round += 1) {
      const transfer = await released()
      const fetches = Array.from({ length: 6 }, (_, index) =>
        fetchManifest(index % 2 ? running.olu : running.pat, transfer).catch(({ code }) => code),
      )
      const [{ outcome }, ...answers] = await Promise.all([recall(running.carol, transfer), ...fetches])
      const events = (await entriesAbout(running, transfer)).map(({ event }) => event)
      const at = events.indexOf('transfer.recalled')
      expect(events.slice(at + 1)).not.toContain('file.fetched')
      const before = events.slice(0, at).filter((event) => event === 'file.fetched').length
      expect(outcome).toBe(before > 0 ? 'fetched' : 'before-first-fetch')
      expect(answers.filter((code) => code === 'TRANSFER_RECALLED')).toHaveLength(fetches.length - before)
    }
  })

  it('[recall/truth] waits for no object store: a fetch that does is refused afterwards', async () => {
    const transfer = await released()
    const { size } = running.objects
    const [asked, answers] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow: typeof size = async (key) => {
      asked.resolve()
      await answers.promise
      return size(key)
    }
    Object.assign(running.objects, { size: slow })
    const fetching = fetchManifest(running.olu, transfer).catch(({ code }) => code)
    await asked.promise
    Object.assign(running.objects, { size })
    const recalled = recall(running.carol, transfer).finally(() => answers.resolve())
    // A row that was locked would answer when the database gives the statement up.
    setTimeout(answers.resolve, 5_000).unref()
    expect(await recalled).toEqual({ outcome: 'before-first-fetch' })
    expect(await fetching).toBe('TRANSFER_RECALLED')
  })

  it('[recall/truth] is made by the sender or an officer who answers for the information, and by nobody else', async () => {
    const transfer = await released()
    await expect(recall(running.dora, transfer)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(recall(ana, transfer)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(recall(running.olu, transfer)).rejects.toMatchObject({ code: 'SENDER_REQUIRED' })
    expect(await recall(ian, transfer)).toEqual({ outcome: 'before-first-fetch' })
    expect(await jobsAbout(transfer)).toContain('transfer-recalled Carol Caseworker')
    expect((await look(ian, transfer)).recall).toMatchObject({ by: ian.person.account })
    await expect(recall(running.carol, transfer)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
  })

  it('[recall/truth] is nothing before the hand-over, and nothing after the end by the clock', async () => {
    const { transfer } = await upload(running, files)
    await expect(recall(running.carol, transfer)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    const late = await released()
    running.app.clock.pass(8 * 86_400)
    await expect(recall(running.carol, late)).rejects.toMatchObject({ code: 'TRANSFER_EXPIRED' })
    running.app.clock.pass(-8 * 86_400)
  })

  it('[recall/truth] asked twice with one key happens once, and its reason stands in the log as a commitment', async () => {
    const transfer = await sent()
    const reason = 'It names a child who is not theirs'
    const idempotencyKey = 'a'.repeat(32)
    const once = { params: { transfer }, body: { reason }, idempotencyKey }
    const [one, other] = await Promise.all([
      running.carol.api.call(endingOperations.recall, once),
      running.carol.api.call(endingOperations.recall, once),
    ])
    expect(other).toEqual(one)
    const entry = (await entriesAbout(running, transfer)).filter(({ event }) => event === 'transfer.recalled')
    expect(entry).toHaveLength(1)
    expect(JSON.stringify(entry)).not.toContain(reason)
    expect(entry[0]?.detail.reason).toEqual({ c: expect.any(String) })
  })
})

describe('what was never fetched', () => {
  it('[recall/truth] is neither opened nor acknowledged, whatever a client says, and its recall says what the log proves', async () => {
    const transfer = await released()
    const params = { transfer }
    const waiting = { code: 'TRANSFER_STATE', title: expect.stringContaining('waiting') }
    await expect(running.olu.api.call(collectOperations.opened, { params })).rejects.toMatchObject(waiting)
    await expect(acknowledgeUnsigned(running.olu.api, transfer)).rejects.toMatchObject(waiting)
    expect((await look(running.carol, transfer)).deliveries).toMatchObject([{ state: 'waiting', collectedBy: null }])
    expect(await recall(running.carol, transfer)).toEqual({ outcome: 'before-first-fetch' })
    const events = (await entriesAbout(running, transfer)).map(({ event }) => event)
    for (const event of ['file.fetched', 'transfer.opened', 'transfer.acknowledged']) {
      expect(events).not.toContain(event)
    }
  })
})

describe('a replayed log', () => {
  const organisation = () => running.world.police.id
  const at = now()
  const open = (fetched: readonly Fetched[]) =>
    running.database.as.owner.database.transaction().execute((tx) =>
      serviceWriters['service.open'](tx, {
        kind: 'service.open',
        replayed: { ...replayEntries([]), fetched },
        expired: [],
      }),
    )
  const statesOf = async (transfer: TransferId) =>
    (await look(running.carol, transfer)).deliveries.map(({ state, collectedBy }) => [state, collectedBy])

  it('[recall/after-restore] marks as fetched whom a fetch names, and nobody of another organisation', async () => {
    const transfer = await released()
    await open([{ transfer, organisation: running.world.council.id, encryptionSubkey: null, at }])
    expect(await statesOf(transfer)).toEqual([['waiting', null]])
    const { encryptionSubkey } = running.pat.person.key
    await open([{ transfer, organisation: organisation(), encryptionSubkey: encryptionSubkey as Fingerprint, at }])
    expect(await statesOf(transfer)).toEqual([['fetched', running.pat.person.account]])
  })

  it('[recall/after-restore] marks everybody of the organisation when nobody is known by the key, or none is named', async () => {
    for (const encryptionSubkey of ['0'.repeat(40) as Fingerprint, null]) {
      const transfer = await released()
      await open([{ transfer, organisation: organisation(), encryptionSubkey, at }])
      expect(await statesOf(transfer)).toEqual([['fetched', null]])
      expect(await recall(running.carol, transfer)).toEqual({ outcome: 'fetched' })
    }
  })
})

describe('a destruction statement', () => {
  it('[recall/destruction] is refused from who fetched nothing, from strangers, and about another transfer', async () => {
    const [fetched, waiting] = [await released(), await released()]
    await fetchManifest(running.olu, fetched)
    await expect(state(running.pat, waiting, destroyed)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
    const put = (member: Member, transfer: TransferId, bytes: Uint8Array) =>
      member.api.call(endingOperations.stateDestruction, {
        params: { transfer },
        body: { statement: { bytes: bytes.toBase64(), signature: 'AAAA' } },
      })
    await expect(put(running.dora, fetched, new Uint8Array(2))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(put(running.olu, fetched, new Uint8Array(2))).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' })
    await state(running.olu, fetched, destroyed)
    const { destructionStatements } = await look(running.olu, fetched)
    await fetchManifest(running.olu, waiting)
    const moved = running.olu.api.call(endingOperations.stateDestruction, {
      params: { transfer: waiting },
      body: { statement: destructionStatements[0]! },
    })
    await expect(moved).rejects.toMatchObject({ code: 'NOTE_MISMATCH' })
    const forged = { ...destructionStatements[0]!, signature: 'AAAA' }
    await expect(
      running.olu.api.call(endingOperations.stateDestruction, {
        params: { transfer: waiting },
        body: { statement: forged },
      }),
    ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  })
})

describe('safehand', () => {
  it('[recall/destruction] recalls in one command, says what is true, and keeps what a recipient signed about their copy', async () => {
    const [carol, olu] = [await lineOf(running, running.carol), await lineOf(running, running.olu)]
    try {
      const transfer = await released()
      await olu.done('collect', transfer, '--into', olu.path('in'), ...unlocked(olu))
      const recalled = await carol.run('recall', transfer, '--reason', 'Wrong unit')
      expect(recalled).toMatchObject({ exit: 0, out: expect.stringContaining('after it had been fetched') })
      expect(await olu.run('collect', transfer, '--into', olu.path('in2'), ...unlocked(olu), '--json')).toMatchObject({
        exit: 3,
        json: { error: { code: 'TRANSFER_RECALLED' } },
      })
      const again = await carol.run('recall', transfer, '--reason', 'Wrong unit')
      expect(again).toMatchObject({
        exit: 0,
        out: expect.stringContaining('done before. It was recalled after it'),
      })
      const asked = await carol.run('status', transfer)
      expect(asked.out).toMatch(
        /Recalled by Carol Caseworker, .*: Wrong unit\n.*Public Protection Unit fetched it and was asked/s,
      )
      expect(await olu.run('state-destruction', transfer, ...unlocked(olu))).toMatchObject({ exit: 2 })
      expect(await olu.run('state-destruction', transfer, '--how', '', ...unlocked(olu))).toMatchObject({ exit: 2 })
      const signed = await olu.run(
        ...['state-destruction', transfer, '--how', 'Shredded', '--witness', 'Pat Officer', ...unlocked(olu)],
      )
      expect(signed.error).toContain('You sign for Public Protection Unit, not for yourself alone')
      const said = await carol.run('status', transfer)
      expect(said.out).toContain('has signed that their copy is destroyed')
      expect(said.out).toContain('Olu Officer signed for the whole team; the others have not said anything themselves.')
      expect(said.out).toMatch(/Signed by Olu Officer, .*: destroyed: Shredded, seen by Pat Officer/)
    } finally {
      await Promise.all([carol.remove(), olu.remove()])
    }
  })
})
