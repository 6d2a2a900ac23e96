// Two people release what is over the flow's threshold (ARCHITECTURE.md#approval): asked at the draft, held at
// the release whatever the draft said, answered once by an approver who is not the sender under any name, or sent back.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { approveTransfer } from '#client/transfers/approval.ts'
import { verifyVerdict } from '#client/transfers/verify-verdict.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { profileFor, readersOf, type SendRequest } from '#client/send/sending.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { sendTransfer } from '#client/send/send.ts'
import { verifyNote } from '#client/transfers/verify-note.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { addDays } from '#domain/time.ts'
import type { ApprovalAnswer } from '#domain/transfers/documents/approval.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { holderOf, makePerson, type TestOrganisation } from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { agreementWith, enter, signLaterRoster } from '../../fixtures/later-roster.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { codeOf } from '../../fixtures/transfer-acts.ts'
import {
  effectsOf,
  fileOf,
  judge,
  type Member,
  release,
  requestOf,
  senderOf,
  startTransferApp,
  type TransferApp,
} from '../../fixtures/transfer-app.ts'

const now = () => systemClock.now() as Instant
const files = (count: number) => Array.from({ length: count }, (_, index) => fileOf(new Uint8Array(3), `${index}.csv`))
let running: TransferApp
let council: TestOrganisation
/** Approvers of the council; the last is Carol again, under another address. */
let ana: Member
let ben: Member
let again: Member
let olu: MemberLine
let anaLine: MemberLine
let carolLine: MemberLine

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  const { world, carol } = running
  const at = addDays(now(), -1)
  const roles = ['approver', 'caseworker'] as const
  const more = [
    await makePerson({ name: 'Ben Approver', email: 'ben@council.example', roles, at }),
    await makePerson({ name: carol.person.name, email: 'c.worker@council.example', roles, at }),
  ]
  council = await signLaterRoster(running, { organisation: world.council, people: [...world.council.people, ...more] })
  const member = (person: Member['person']) => enter(running, { organisation: council, person })
  ana = await member(holderOf(council, 'approver'))
  ben = await member(more[0]!)
  again = await member(more[1]!)
  olu = await enterLine(running, running.olu)
  anaLine = await enterLine(running, ana)
  carolLine = await enterLine(running, carol)
})
afterAll(async () => {
  await running?.stop()
  await Promise.all([olu, anaLine, carolLine].map((line) => line?.remove()))
})

async function send(change: Partial<SendRequest>): Promise<TransferId> {
  const sender = await senderOf(running)
  const agreement = await agreementOf(running.carol)
  const person = ownPerson(agreement, running.carol.person.account)!
  const asked = { flow: 'counted-to-police', records: 10, files: files(1), ...change }
  const request = await requestOf(running, asked.files, asked)
  const profile = await profileFor(readersOf({ person }, request.recipients), now())
  const sending = { sender: { ...sender, agreement, person }, request, profile }
  return (await sendTransfer(effectsOf(running), sending)).transfer
}

const agreementOf = (reader: Member) => agreementWith(running, { later: council, reader })

interface Answer {
  readonly transfer: TransferId
  readonly by: Member
  readonly what?: ApprovalAnswer
}

async function answer({ transfer, by, what = 'release-over-threshold' }: Answer): Promise<unknown> {
  const agreement = await agreementOf(by)
  const view = await ana.api.call(viewOperations.view, { params: { transfer } })
  const note = await verifyNote({ agreement, transfer, document: view.note!, now: now() })
  const key = unlockedKey(by.person.key.privateKey)
  const person = ownPerson(agreement, by.person.account)!
  const verdict = await verifyVerdict({ agreement, note, ...view.signedVerdict!, now: now() })
  return approveTransfer({ api: by.api, agreement, person, key, note, verdict, what, reason: 'As agreed', now })
}

describe('what is over the flow’s threshold', () => {
  it.each([
    ['more records than one person may send', { records: 501 }],
    ['more files', { files: files(6) }],
  ])('[approval/two-people] by %s waits for an approver after a clean scan', async (_, change) => {
    const transfer = await send(change)
    expect(await judge(running, { transfer, verdict: 'clean' })).toBe('awaiting-approval')
    expect(await olu.run('collect', transfer, '--into', olu.path('early'), ...olu.unlocked, '--json')).toMatchObject({
      json: { error: { code: 'APPROVAL_PENDING' } },
    })
    await answer({ transfer, by: ana })
    expect(await release(running, transfer)).toBe('released')
  })

  it('[approval/threshold] is exactly what is more: at the bound one person sends it', async () => {
    const transfer = await send({ records: 500, files: files(5) })
    expect(await judge(running, { transfer, verdict: 'clean' })).toBe('released')
  })

  it('[approval/threshold] must be counted: no count, and more than the most there may be, are refused before a byte leaves', async () => {
    expect(await codeOf(send({ records: null }))).toBe('RECORDS_REQUIRED')
    expect(await codeOf(send({ records: 10_001 }))).toBe('RECORD_LIMIT')
  })

  it('[approval/threshold] is held at the release, whatever was stored at the draft', async () => {
    const transfer = await send({ records: 501 })
    const owner = running.database.as.owner.database
    const stored = () => owner.selectFrom('transfer').select('approval_for').where('id', '=', transfer)
    expect(await stored().executeTakeFirst()).toEqual({ approval_for: 'records' })
    const { pool } = running.database.as.server
    const forget = pool.query(`UPDATE transfer SET approval_for = NULL WHERE id = '${transfer}'`)
    await expect(forget).rejects.toThrow('what a transfer holds is said at its draft')
    expect(await judge(running, { transfer, verdict: 'clean' })).toBe('awaiting-approval')
    const steal = running.database.as.housekeeper.pool
    const released = steal.query(`UPDATE transfer SET state = 'released', released_at = now() WHERE id = '${transfer}'`)
    await expect(released).rejects.toThrow('a transfer is released only')
  })

  it('[approval/two-people] two approvers at once: one wins, the other is told that it is answered, and both are in the log', async () => {
    const transfer = await send({ records: 501 })
    await judge(running, { transfer, verdict: 'clean' })
    const owner = running.database.as.owner.database
    const entries = await entriesOf(owner, async () => {
      const both = await Promise.all([
        codeOf(answer({ transfer, by: ana })),
        codeOf(answer({ transfer, by: ben, what: 'send-back' })),
      ])
      expect(both.toSorted()).toEqual(['APPROVAL_GIVEN', 'done'])
    })
    const answers = entries.filter(({ event }) => event === 'transfer.approved')
    expect(answers.map(({ outcome, code }) => [outcome, code]).toSorted()).toEqual([
      ['refused', 'APPROVAL_GIVEN'],
      ['success', null],
    ])
    const approvals = owner.selectFrom('approval').select('what').where('transfer', '=', transfer)
    expect(await approvals.execute()).toHaveLength(1)
  })

  it('[approval/two-people] is approved by no other: not its sender, nor under another account, nor who is no approver, nor the partner', async () => {
    const transfer = await send({ records: 501 })
    await judge(running, { transfer, verdict: 'clean' })
    expect(await codeOf(answer({ transfer, by: running.carol }))).toBe('ROLE_REQUIRED')
    expect(await codeOf(answer({ transfer, by: again }))).toBe('APPROVER_IS_SENDER')
    expect(await codeOf(answer({ transfer, by: running.pat }))).toBe('NOT_FOUND')
    expect(await codeOf(answer({ transfer, by: ana, what: 'release-not-scanned' }))).toBe('done')
    expect(await release(running, transfer)).toBe('released')
  })

  it('[approval/refused] goes back to its sender with a reason that recipients do not read', async () => {
    const transfer = await send({ records: 501 })
    await judge(running, { transfer, verdict: 'clean' })
    const listed = await anaLine.run('approvals')
    expect(listed.out).toContain(transfer)
    const sent = await anaLine.run('send-back', transfer, '--reason', 'Too many people in it', ...anaLine.unlocked)
    expect(sent).toMatchObject({ exit: 0, out: expect.stringContaining('Sent back to') })
    expect(sent.error).toContain('501 records')
    expect(await release(running, transfer)).toBe('rejected')
    const said = `Sent back by ${ana.person.name} <${ana.person.email}>: Too many people in it`
    expect((await carolLine.run('status', transfer)).out).toContain(said)
    const { approval } = await running.olu.api.call(viewOperations.view, { params: { transfer } })
    expect(approval).toBeNull()
    expect((await anaLine.run('approvals')).out).not.toContain(transfer)
    const list = carolLine.run('approvals', '--json')
    expect(await list).toMatchObject({ json: { error: { code: 'ROLE_REQUIRED' } } })
    const mails = await running.database.as.owner.database
      .selectFrom('outbox')
      .select('data')
      .where('job', '=', 'send-mail')
      .execute()
    const told = mails.map(({ data }) => data as { transfer: string; template: string; account: string })
    const ofThis = told.filter((mail) => mail.transfer === transfer && mail.account === running.carol.person.account)
    expect(ofThis.map(({ template }) => template)).toEqual(['approval-asked', 'transfer-sent-back'])
  })

  it('[approval/shown] shows who let it go to everybody who collects it', async () => {
    const transfer = await send({ records: 501 })
    await judge(running, { transfer, verdict: 'clean' })
    const approved = await anaLine.run('approve', transfer, '--reason', 'Quarterly extract', ...anaLine.unlocked)
    expect(approved).toMatchObject({ exit: 0, out: expect.stringContaining('Approved, from') })
    expect(await release(running, transfer)).toBe('released')
    const collected = await olu.run('collect', transfer, '--into', olu.path(transfer), ...olu.unlocked)
    expect(collected.out).toContain(`Released by ${ana.person.name} <${ana.person.email}>: Quarterly extract`)
    expect(collected.out).not.toContain('NOT SCANNED')
    const [own, other] = await Promise.all([ana, ben].map((by) => answer({ transfer, by }).catch((error) => error)))
    expect(own).toMatchObject({ code: 'APPROVAL_GIVEN', title: 'You have answered already' })
    expect(other).toMatchObject({ code: 'APPROVAL_GIVEN', title: 'Another approver has answered already' })
  })
})
