// A team is one recipient (ARCHITECTURE.md#team): collected and acknowledged by the first member who does it, by name;
// taken, so that the others see who works on it; open to who joins by an addendum, closed to who leaves from the next
// request on; and with 200 members as with two.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { collectOperations } from '#contract/transfers/collect.ts'
import { sendOperations } from '#contract/transfers/send.ts'
import { viewOperations } from '#contract/transfers/view.ts'
import { maxDocumentBytes } from '#domain/document.ts'
import { addDays } from '#domain/time.ts'
import { mostReaders } from '#domain/policy/bounds.ts'
import type { FileId, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { makePerson, type TestOrganisation, type TestPerson } from '../../fixtures/documents.ts'
import { entriesOf } from '../../fixtures/entries.ts'
import { enter, signLaterRoster } from '../../fixtures/later-roster.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { judge, type Member, prove, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const team = 'Public Protection Unit'
const content = 'What the witness said.'
let running: TransferApp
let police: TestOrganisation
let carol: MemberLine
let olu: MemberLine
let pat: MemberLine
const lines: MemberLine[] = []

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  police = running.world.police
  carol = await line(running.carol)
  olu = await line(running.olu)
  pat = await line(running.pat)
})
afterAll(async () => {
  await running?.stop()
  await Promise.all(lines.map((one) => one.remove()))
})

async function line(member: Member): Promise<MemberLine> {
  const entered = await enterLine(running, member)
  lines.push(entered)
  return entered
}

async function send(...to: readonly string[]): Promise<TransferId> {
  const file = await carol.file('statement.txt', content)
  const { transfer } = await carol.done(
    ...['send', file, '--agreement', running.world.agreement.value.id, '--flow', 'council-to-police'],
    ...['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', ...to, ...carol.unlocked],
  )
  await judge(running, { transfer, verdict: 'clean' })
  return transfer
}

const collect = (by: MemberLine, transfer: TransferId) =>
  by.run('collect', transfer, '--into', by.path(transfer), ...by.unlocked)
const packets = (transfer: TransferId) =>
  running.database.as.owner.database
    .selectFrom('pkesk')
    .select(['account', 'bytes'])
    .where('transfer', '=', transfer)
    .where('account', 'is not', null)
    .execute()

/** The police with these people instead, from the next request on. */
async function nextRoster(people: readonly TestPerson[]): Promise<void> {
  police = await signLaterRoster(running, { organisation: police, people })
}

describe('a team', () => {
  it('[team/one-recipient] is collected and acknowledged by its first member, and everybody sees by whom', async () => {
    const transfer = await send(team)
    expect((await olu.run('inbox')).out).toMatch(new RegExp(`${team} .* released +nobody`))
    expect(await collect(olu, transfer)).toMatchObject({ exit: 0 })
    const name = running.olu.person.name
    expect((await pat.run('inbox')).out).toContain(`collected by ${name}`)
    expect((await carol.run('status', transfer)).out).toContain(`${team} has opened it, by ${name}`)
    expect(await collect(pat, transfer)).toMatchObject({ exit: 0 })
    expect((await pat.run('status', transfer)).out).toContain(`${team} has opened it, by ${name}`)
    await pat.done('acknowledge', transfer, ...pat.unlocked)
    expect((await olu.run('inbox')).out).toContain(`acknowledged by ${running.pat.person.name}`)
    const again = await olu.run('acknowledge', transfer, ...olu.unlocked)
    expect(again).toMatchObject({ exit: 2, error: expect.stringContaining(`by ${running.pat.person.name}`) })
  })

  it('[team/one-recipient] has one member who took it, by name, given back or taken over; nobody is barred from collecting', async () => {
    const transfer = await send(team)
    const { name } = running.pat.person
    const owner = running.database.as.owner.database
    const entries = await entriesOf(owner, () => pat.done('take', transfer))
    expect(entries.filter(({ event }) => event === 'transfer.taken')).toMatchObject([
      { outcome: 'success', transfer, detail: { teams: [running.world.team.id] } },
    ])
    expect((await olu.run('inbox')).out).toContain(`taken by ${name}`)
    expect((await carol.run('status', transfer)).out).toContain(`taken by ${name}`)
    const other = await olu.run('take', transfer)
    expect(other).toMatchObject({ exit: 2, error: expect.stringContaining(`taken by ${name}`) })
    const { api, person } = running.olu
    const take = { params: { transfer }, body: { from: null } }
    await expect(api.call(collectOperations.take, take)).rejects.toMatchObject({ code: 'TAKEN', status: 409 })
    expect(await collect(olu, transfer)).toMatchObject({ exit: 0 })
    await olu.done('take', transfer, '--over')
    expect((await pat.run('inbox')).out).toContain(`taken by ${person.name}`)
    expect(await pat.run('give-back', transfer, '--json')).toMatchObject({
      json: { error: { code: 'TRANSFER_STATE' } },
    })
    await olu.done('give-back', transfer)
    expect((await pat.run('inbox')).out).not.toContain('taken by')
    await olu.done('acknowledge', transfer, ...olu.unlocked)
    await expect(api.call(collectOperations.take, take)).rejects.toMatchObject({ code: 'TRANSFER_STATE' })
  })

  it('[team/one-recipient] two who take at once: one has it, the other is told', async () => {
    const transfer = await send(team)
    const take = ({ api }: Member) => api.call(collectOperations.take, { params: { transfer }, body: { from: null } })
    const both = await Promise.allSettled([take(running.olu), take(running.pat)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'TAKEN' } })
  })

  it('[team/one-recipient] and a member of it by name, twice: one wrapped key each, one collection for both', async () => {
    const transfer = await send(team, 'olu@police.example', 'OLU@police.example')
    const accounts = [running.carol, running.olu, running.pat].map(({ person }) => person.account)
    expect((await packets(transfer)).map(({ account }) => account).toSorted()).toEqual(accounts.toSorted())
    expect(await collect(olu, transfer)).toMatchObject({ exit: 0 })
    await olu.done('acknowledge', transfer, ...olu.unlocked)
    const { deliveries } = await carol.done('status', transfer)
    const by = { state: 'acknowledged', collectedBy: running.olu.person.account }
    expect(deliveries).toMatchObject([by, by])
    const byName = await send('olu@police.example')
    const take = { params: { transfer: byName }, body: { from: null } }
    await expect(running.olu.api.call(collectOperations.take, take)).rejects.toMatchObject({ code: 'TEAM_REQUIRED' })
  })

  it('[team/changes] who joins sees it and is told who can let them in; sender or colleague does', async () => {
    const [toOne, toOther] = [await send(team), await send(team)]
    const at = addDays(systemClock.now() as Instant, -1)
    const teams = [running.world.team.id]
    const joins = await makePerson({
      name: 'Mia Member',
      email: 'mia@police.example',
      roles: ['caseworker'],
      teams,
      at,
    })
    await nextRoster([...police.people, joins])
    const mia = await line(await enter(running, { organisation: police, person: joins }))
    expect((await mia.run('inbox')).out).toContain(toOne)
    expect(await collect(mia, toOne)).toMatchObject({
      exit: 2,
      error: expect.stringContaining(`safehand add-recipient ${toOne} --to mia@police.example`),
    })
    const add = ['--to', 'mia@police.example', '--reason', 'Joined the team', '--yes']
    await olu.done('add-recipient', toOne, ...add, ...olu.unlocked)
    await carol.done('add-recipient', toOther, ...add, ...carol.unlocked)
    for (const transfer of [toOne, toOther]) {
      expect(await collect(mia, transfer)).toMatchObject({ exit: 0 })
      expect(await readFile(join(mia.path(transfer), 'statement.txt'), 'utf8')).toBe(content)
      expect((await carol.done('status', transfer)).deliveries).toHaveLength(1)
    }
  })

  it('[team/changes] who leaves the team, and not the organisation, is out at once, with all they took', async () => {
    const transfer = await send(team)
    await prove(running, running.pat)
    await pat.done('take', transfer)
    const { api, person } = running.pat
    const params = { transfer }
    const file = 'manifest' as FileId
    await api.bytes(collectOperations.fetch, { params: { ...params, file } }).then(({ body }) => body.cancel())
    const before = police.people
    const moved = { ...person, teams: [], entry: { ...person.entry, teams: [] } }
    await nextRoster(before.map((one) => (one.account === person.account ? moved : one)))
    const nothing = { code: 'NOT_FOUND' }
    const asked = [
      () => api.bytes(collectOperations.fetch, { params: { ...params, file } }),
      () => api.bytes(collectOperations.bundle, { params }),
      () => api.call(viewOperations.view, { params }),
      () => api.call(collectOperations.opened, { params }),
      () => api.call(collectOperations.acknowledge, { params, body: { receipt: null } }),
      () => api.call(collectOperations.take, { params, body: { from: null } }),
      () => api.call(collectOperations.giveBack, { params }),
    ]
    for (const ask of asked) await expect(ask()).rejects.toMatchObject(nothing)
    expect((await pat.done('inbox')).transfers).toEqual([])
    expect((await olu.run('status', transfer)).out).toContain(`taken by ${person.name}, who is in the team no more`)
    await olu.done('take', transfer)
    await nextRoster(before)
    expect((await pat.run('inbox')).out).toContain(`taken by ${running.olu.person.name}`)
  })

  it('[send/many] of 200 is one recipient: a key for each, a note of 1 MiB at most, and anybody collects', async () => {
    const at = addDays(systemClock.now() as Instant, -1)
    const teams = [running.world.team.id]
    const shifts: TestPerson[] = []
    for (let number = police.people.filter((one) => one.teams.includes(teams[0]!)).length; number < 200; number += 1) {
      const email = `officer${number}@police.example`
      shifts.push(await makePerson({ name: `Officer ${number}`, email, roles: ['caseworker'], teams, at }))
    }
    await nextRoster([...police.people, ...shifts])
    const transfer = await send(team)
    const wrapped = await packets(transfer)
    expect(wrapped).toHaveLength(201)
    const { note, deliveries } = await carol.done('status', transfer)
    expect(deliveries).toHaveLength(1)
    expect(Buffer.from(note.bytes, 'base64').length).toBeLessThan(maxDocumentBytes / 10)
    const last = await line(await enter(running, { organisation: police, person: shifts.at(-1)! }))
    expect(await collect(last, transfer)).toMatchObject({ exit: 0 })
    expect((await olu.run('inbox')).out).toContain(`collected by ${shifts.at(-1)!.name}`)
  })

  it('[send/many] of more people than one note has room for is refused before a byte is encrypted', async () => {
    const { pool } = running.database.as.owner
    const like = running.olu.person.account
    const roster = police.rosters.at(-1)!.hash
    const copies = `(SELECT md5(n::text) AS other FROM generate_series(1, ${mostReaders}) n) c`
    const insert = (table: string, change: string, where: string) =>
      pool.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(t, ${change})).* FROM ${table} t, ${copies} WHERE ${where}`,
      )
    await insert('account', `jsonb_build_object('id', other, 'email', other || '@police.example')`, `t.id = '${like}'`)
    await insert(
      'roster_person',
      `jsonb_build_object('account', other, 'digest', other || other)`,
      `t.account = '${like}' AND t.roster = '${roster}'`,
    )
    const { agreement } = running.world
    const draft = running.carol.api.call(sendOperations.draft, {
      body: {
        ...{ agreement: agreement.value.id, flow: 'council-to-police', purpose: 'CRIME_PREVENT_DETECT' as const },
        ...{
          items: ['INCIDENT_SUMMARY'],
          marking: 'OFFICIAL' as const,
          handlingInstruction: null,
          caseReference: null,
        },
        recipients: [{ kind: 'team', organisation: police.id, team: running.world.team.id }],
        days: 3,
        files: [{ size: 1 }],
        manifest: { size: 1 },
      },
    })
    await expect(draft).rejects.toMatchObject({
      code: 'TOO_MANY_RECIPIENTS',
      action: expect.stringMatching(/up to 500 people/),
    })
  })
})
