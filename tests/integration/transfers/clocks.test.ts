// Clocks that differ, at the command line: each person's own is off by so much, the service's is right. What was signed
// before is a day old, so that only what counts from now is in question.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { addDays, addSeconds } from '#domain/time.ts'
import type { AgreementId, Instant, TransferId } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { holderOf, makeAgreement, newId } from '../../fixtures/documents.ts'
import { enterLine, type MemberLine } from '../../fixtures/member-line.ts'
import type { Ran } from '../../fixtures/command-line.ts'
import { enter } from '../../fixtures/later-roster.ts'
import { judge, type Member, startTransferApp, type TransferApp } from '../../fixtures/transfer-app.ts'

const right = () => systemClock.now() as Instant
let running: TransferApp
const opened: MemberLine[] = []

beforeAll(async () => {
  running = await startTransferApp(inject('services'), {}, addDays(right(), -1))
})
afterAll(async () => {
  for (const line of opened) await line.remove()
  await running?.stop()
})

/** Somebody at a machine whose clock is set before each command. */
async function sitDown(member: Pick<Member, 'organisation' | 'person' | 'token'>) {
  let clock = right
  const line = await enterLine(running, member, { now: () => clock() })
  opened.push(line)
  return {
    line,
    /** By a clock that runs, so many seconds off. */
    run: (seconds: number, ...argv: readonly string[]) => {
      clock = () => addSeconds(right(), seconds)
      return line.run(...argv)
    },
    /** By one that says the same all the while: how fast this machine is changes nothing. */
    runAt: (at: Instant, ...argv: readonly string[]) => {
      clock = () => at
      return line.run(...argv)
    },
  }
}

const offsets = [-7200, -360, -3, 0, 3, 360, 7200]
const slow = /^Your computer’s clock is about \w+ (minutes|hours) slow/m
const fast = /^Your computer’s clock is about \w+ (minutes|hours) fast/m

/** Done, or refused with the clock before all else; never called an attack. */
function outcomeOf({ exit, error }: Ran): string {
  if (exit === 0) return 'done'
  if (slow.test(error)) return `slow ${exit}`
  return fast.test(error) ? `fast ${exit}` : `${exit}: ${error}`
}

/** What becomes of it by each clock, one after the other. */
async function outcomes(act: (offset: number) => Promise<Ran>): Promise<Readonly<Record<number, string>>> {
  const found: Record<number, string> = {}
  for (const offset of offsets) found[offset] = outcomeOf(await act(offset))
  return found
}

async function send(carol: Awaited<ReturnType<typeof sitDown>>, offset: number): Promise<Ran> {
  const file = await carol.line.file('report.csv', 'one,two')
  const under = ['--agreement', running.world.agreement.value.id, '--flow', 'council-to-police']
  const why = ['--purpose', 'CRIME_PREVENT_DETECT', '--item', 'INCIDENT_SUMMARY', '--to', 'olu@police.example']
  return carol.run(offset, 'send', file, ...under, ...why, ...carol.line.unlocked)
}

async function released(carol: Awaited<ReturnType<typeof sitDown>>) {
  const { out } = await send(carol, 0)
  const transfer = /transfer ([0-9a-f]{32})/.exec(out)![1] as TransferId
  await judge(running, { transfer, verdict: 'clean' })
  return transfer
}

describe('[clock/tolerance] [clock/named] by a clock that is off', () => {
  it('[clock/counted-by-service] sending goes on within five minutes, and else is refused before anything is encrypted', async () => {
    const carol = await sitDown(running.carol)
    const found = await outcomes((offset) => send(carol, offset))
    expect(found).toEqual({
      ...{ [-7200]: 'slow 4', [-360]: 'slow 4', [-3]: 'done' },
      ...{ 0: 'done', 3: 'done', 360: 'fast 4', 7200: 'fast 4' },
    })
    const rows = await running.database.as.owner.database
      .selectFrom('transfer')
      .select(['state', 'expires_at'])
      .execute()
    const states = rows.map(({ state }) => state).toSorted()
    expect(states).toEqual([...Array(4).fill('abandoned'), ...Array(3).fill('dispatched')])
  })

  it('collecting goes on where only the clock of the machine counts, and nobody is called an attacker', async () => {
    const carol = await sitDown(running.carol)
    const olu = await sitDown(running.olu)
    const transfer = await released(carol)
    const { dispatched_at: sent } = await running.database.as.owner.database
      .selectFrom('transfer')
      .select('dispatched_at')
      .where('id', '=', transfer)
      .executeTakeFirstOrThrow()
    const argv = (offset: number) => {
      return ['collect', transfer, '--into', olu.line.path(`at${offset}`), ...olu.line.unlocked]
    }
    const found = await outcomes((offset) =>
      offset < -300 ? olu.runAt(addSeconds(sent!, offset), ...argv(offset)) : olu.run(offset, ...argv(offset)),
    )
    expect(found).toEqual({
      ...{ [-7200]: 'slow 4', [-360]: 'slow 4', [-3]: 'done' },
      // A challenge is answered for ten minutes.
      ...{ 0: 'done', 3: 'done', 360: 'done', 7200: 'fast 4' },
    })
  })

  it('a receipt is signed within five minutes', async () => {
    const carol = await sitDown(running.carol)
    const olu = await sitDown(running.olu)
    const found = await outcomes(async (offset) => {
      const transfer = await released(carol)
      await olu.run(0, 'collect', transfer, '--into', olu.line.path(transfer), ...olu.line.unlocked)
      return olu.run(offset, 'acknowledge', transfer, ...olu.line.unlocked)
    })
    expect(found).toMatchObject({ [-3]: 'done', 0: 'done', 3: 'done', 360: 'fast 3', 7200: 'fast 3' })
    // By the note, where that is younger than the clock says, or by the service.
    expect([found[-7200], found[-360]]).toEqual([expect.stringMatching(/^slow/), expect.stringMatching(/^slow/)])
  })

  it('an agreement is signed within five minutes', async () => {
    const { council, agreement } = running.world
    const sit = async (person: ReturnType<typeof holderOf>) =>
      sitDown(await enter(running, { organisation: council, person }))
    const ian = await sit(holderOf(council, 'information-officer'))
    const sarah = await sit(holderOf(council, 'siro'))
    const found = await outcomes(async (offset) => {
      const next = makeAgreement({ ...agreement.value, id: newId<AgreementId>() })
      const file = await ian.line.file('agreement.json', JSON.stringify(next.value))
      expect(await ian.run(0, 'agreement', 'import', file)).toMatchObject({ exit: 0 })
      return sarah.run(offset, 'agreement', 'sign', next.value.id, '--yes', ...sarah.line.unlocked)
    })
    const signed = running.database.as.owner.database.selectFrom('agreement_signature').select('agreement').execute()
    expect(found).toEqual({
      ...{ [-7200]: 'slow 3', [-360]: 'slow 3', [-3]: 'done' },
      ...{ 0: 'done', 3: 'done', 360: 'fast 3', 7200: 'fast 3' },
    })
    expect(await signed).toHaveLength(2 + 3)
  })
})
