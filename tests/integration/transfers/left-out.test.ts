// A member whose key has ended closes no team: it is sent to through those who can open it; who is left out is named, told,
// and let in later. Nobody is called an attacker for a key that ran out.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { addDays } from '#domain/time.ts'
import type { Instant, TransferId } from '#domain/values.ts'
import { generateKey } from '#openpgp/keys.ts'
import { systemClock } from '#platform/clock.ts'
import { holderOf, type TestOrganisation, type TestPerson } from '../../fixtures/documents.ts'
import { enter, signLaterRoster, withOtherKey } from '../../fixtures/later-roster.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import { judge, type Member, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const team = 'Public Protection Unit'
let running: TransferApp
let police: TestOrganisation
let carol: MemberLine
const lines: MemberLine[] = []

beforeAll(async () => {
  running = await startTransferApp(inject('services'))
  police = running.world.police
  carol = await line(running.carol)
})
afterAll(async () => {
  await running?.stop()
  await Promise.all(lines.map((one) => one.remove()))
})

async function line(member: Pick<Member, 'organisation' | 'person' | 'token'>): Promise<MemberLine> {
  const entered = await enterLine(running, member)
  lines.push(entered)
  return entered
}

/** The same person with a key that ended yesterday. */
async function withEndedKey(one: TestPerson): Promise<TestPerson> {
  const { name, email } = one
  const at = addDays(systemClock.now() as Instant, -2)
  return withOtherKey(one, await generateKey({ name, email, at, expiresAfterSeconds: 86_400 }))
}

/** The police with these people in place of who they were, as the service has their keys. */
async function nextRoster(...changed: readonly TestPerson[]): Promise<void> {
  const people = police.people.map((one) => changed.find(({ account }) => account === one.account) ?? one)
  police = await signLaterRoster(running, { organisation: police, people })
}

async function noteEnd({ key }: TestPerson): Promise<void> {
  await running.database.as.owner.database
    .updateTable('certificate')
    .set({ expires_at: addDays(systemClock.now() as Instant, -1) })
    .where('fingerprint', '=', key.fingerprint as never)
    .execute()
}

const under = () => ['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police']
const why = ['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY']

async function send(to: string) {
  const file = await carol.file('statement.txt', 'What the witness said.')
  return carol.run('send', file, ...under(), ...why, '--to', to, ...carol.unlocked)
}

const collect = (by: MemberLine, transfer: TransferId) =>
  by.run('collect', transfer, '--into', by.path(transfer), ...by.unlocked)

describe('[team/left-out] a team with a member whose key has ended', () => {
  it('is sent to through the others; who is left out is named, told, and joins by an addendum', async () => {
    const ended = await withEndedKey(running.pat.person)
    await nextRoster(ended)
    await noteEnd(ended)
    const sent = await send(team)
    expect(sent).toMatchObject({ exit: 0 })
    const named = `${ended.name} <${ended.email}> expired on`
    expect(sent.error).toContain(named)
    expect(sent.error).not.toMatch(/attack|Do not go on/)
    const transfer = /transfer ([0-9a-f]{32})/.exec(sent.out)![1] as TransferId
    await carol.file('another.txt', 'What another said.')
    const list = await carol.file('rows.csv', `file,to\nanother.txt,${team}\n`)
    const checked = await carol.run('send', '--batch', list, '--dry-run', ...under(), ...why)
    expect(checked).toMatchObject({ exit: 0, error: expect.stringContaining(named) })
    const owner = running.database.as.owner.database
    const wrapped = await owner
      .selectFrom('pkesk')
      .select('account')
      .where('transfer', '=', transfer)
      .where('account', 'is not', null)
      .execute()
    const accounts = [running.carol, running.olu].map(({ person }) => person.account)
    expect(wrapped.map(({ account }) => account).toSorted()).toEqual(accounts.toSorted())
    await judge(running, { transfer, verdict: 'clean' })
    const jobs = await owner.selectFrom('outbox').select('data').where('job', '=', 'send-mail').execute()
    const told = { template: 'transfer-left-out', account: ended.account, transfer }
    expect(jobs.map(({ data }) => data)).toContainEqual(expect.objectContaining(told))
    const olu = await line(running.olu)
    expect(await collect(olu, transfer)).toMatchObject({ exit: 0 })

    const renewed = await withOtherKey(ended)
    await nextRoster(renewed)
    const pat = await line(await enter(running, { organisation: police, person: renewed }))
    expect(await collect(pat, transfer)).toMatchObject({ exit: 2, error: expect.stringContaining('add-recipient') })
    const add = ['--to', renewed.email, '--reason', 'Has a key again', '--yes']
    await olu.done('add-recipient', transfer, ...add, ...olu.unlocked)
    expect(await collect(pat, transfer)).toMatchObject({ exit: 0 })
  })

  it('with nobody left is refused by name, is no attack, and its officer sees it', async () => {
    const [olu, pat] = [await withEndedKey(running.olu.person), await withEndedKey(running.pat.person)]
    await nextRoster(olu, pat)
    for (const one of [olu, pat]) await noteEnd(one)
    for (const [to, whose] of [
      [team, [olu, pat]],
      [olu.email, [olu]],
    ] as const) {
      const refused = await send(to)
      expect(refused.exit).toBe(4)
      for (const { name, email } of whose) expect(refused.error).toContain(`${name} <${email}> expired on`)
      expect(refused.error).not.toMatch(/attack|Do not go on/)
    }
    const list = await carol.file('list.csv', `file,to\nstatement.txt,${team}\n`)
    const ask = [...under(), ...why, ...carol.unlocked]
    const batch = await carol.run('send', '--batch', list, ...ask)
    expect(batch.out + batch.error).toContain(`${pat.name} <${pat.email}> expired on`)
    const iris = await line(
      await enter(running, { organisation: police, person: holderOf(police, 'information-officer') }),
    )
    const seen = await iris.run('roster', 'show')
    expect(seen.out).toContain(`Nothing can be sent to ${team}`)
    expect(seen.out).toContain('expired on')
    await nextRoster(running.olu.person, running.pat.person)
    expect((await iris.run('roster', 'show')).out).not.toContain('Nothing can be sent')
  })

  it('a sender whose own key has ended is told so before anything is asked of the service', async () => {
    const { council } = running.world
    const { person } = running.carol
    const ended = await withEndedKey(person)
    const people = council.people.map((one) => (one.account === ended.account ? ended : one))
    await signLaterRoster(running, { organisation: council, people })
    await noteEnd(ended)
    const refused = await send(team)
    expect(refused).toMatchObject({ exit: 4, error: expect.stringContaining(`${person.email}> expired on`) })
    expect(refused.error).not.toMatch(/attack|Do not go on/)
  })
})
