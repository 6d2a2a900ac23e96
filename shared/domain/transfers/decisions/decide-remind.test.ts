// Who is reminded, when, and how often: by the working days of the recipient's nation, of what nobody collected while they
// could, and of copies fetched before a recall of which nobody said what became.
import { describe, expect, it } from 'vitest'
import type { Rostered } from '../../policy/facts.ts'
import { addDays } from '../../time.ts'
import type { AccountId, Instant, OrganisationId, TeamId } from '../../values.ts'
import { bankHolidaysFrom, bankHolidaysUntil, type Nation, nations } from '../../working-days.ts'
import { decideRemind, dueReminder, mostDaysBeforeDestructionDue, type RemindFacts } from './decide-remind.ts'
import type { Recipient } from '../../policy/recipient.ts'
import type { StatedDestruction } from '../ending.ts'
import { type Reminded, reminderStages } from '../reminders.ts'

const [council, police] = ['council' as OrganisationId, 'police' as OrganisationId]
const [carol, olu, pat, newcomer, iris] = ['carol', 'olu', 'pat', 'newcomer', 'iris'] as AccountId[]
const team = 'team' as TeamId
const toTeam: Recipient = { kind: 'team', organisation: police, team }
const toOlu: Recipient = { kind: 'person', organisation: police, account: olu! }

const instant = (text: string) => text as Instant
const rostered = (account: AccountId | undefined, organisation = police) =>
  ({ account, organisation, roles: ['caseworker'], teams: [team] }) as unknown as Rostered

interface Change {
  readonly recipients?: readonly Recipient[]
  readonly state?: string
  readonly delivery?: string
  readonly releasedAt?: string
  readonly expiresAt?: string
  readonly heldAt?: string
  readonly pauses?: readonly { from: string; until: string | null }[]
  readonly nation?: Nation
  readonly days?: number
  readonly reminded?: readonly Reminded[]
  readonly addedAt?: RemindFacts['addedAt']
  /** When, and until when copies were to be destroyed. */
  readonly recalled?: { readonly at: string; readonly days: number; readonly statements?: readonly StatedDestruction[] }
}

/** Released on the afternoon of Wednesday, 25 November 2026. */
function facts(change: Change = {}): RemindFacts {
  const {
    recipients = [toTeam],
    state = 'released',
    delivery = 'waiting',
    nation,
    days,
    heldAt,
    recalled = null,
  } = change
  const transfer = {
    ...{ id: 'transfer', agreement: { id: 'agreement' }, flow: 'flow', sender: carol, state },
    senderOrganisation: council,
    releasedAt: change.releasedAt ?? '2026-11-25T15:00:00Z',
    expiresAt: change.expiresAt ?? '2027-02-01T00:00:00Z',
    held: heldAt === undefined ? null : { reason: 'legal', at: heldAt },
  }
  const deliveries = recipients.map((recipient) => ({ recipient, state: delivery, acknowledgedAt: null }))
  const readers = [carol, olu, pat].map((account) => ({ account }))
  const agreement = {
    flows: [{ code: 'flow', ...(days && { remindAfterWorkingDays: days }) }],
    parties: [{ organisation: police, ...(nation && { workingDays: nation }) }],
  }
  const members = [rostered(olu), rostered(pat), rostered(newcomer)]
  return {
    found: { transfer, deliveries, readers, daysAfterAcknowledgement: 3, pauses: change.pauses ?? [] },
    agreementFacts: {
      agreement,
      sender: rostered(carol, council),
      recipients: recipients.map((recipient) => ({
        recipient,
        members: recipient.kind === 'team' ? members : [rostered(recipient.account)],
      })),
    },
    reminded: change.reminded ?? [],
    addedAt: change.addedAt ?? new Map(),
    officers: [rostered(iris), rostered('ian' as AccountId, council)],
    recalled: recalled && { at: recalled.at, destructionDays: recalled.days, statements: recalled.statements ?? [] },
  } as unknown as RemindFacts
}

const stageAt = (found: RemindFacts, at: string) => dueReminder(found, instant(at))?.stage ?? null
const toldAt = (found: RemindFacts, at: string) => {
  const decision = decideRemind(found, instant(at))
  return 'refusal' in decision ? [] : decision.jobs.map(({ data }) => `${data.template} ${data.account}`)
}
const once: Reminded = { stage: 'recipient', recipient: team }
const twice: Reminded = { stage: 'sender', recipient: team }

describe('a reminder', () => {
  it.each<[string, Change, string, string]>([
    ['two working days', {}, '2026-11-27T08:59:59Z', '2026-11-27T09:00:00Z'],
    ['as many as the flow says', { days: 1 }, '2026-11-26T08:59:59Z', '2026-11-26T09:00:00Z'],
    ['no weekend', { releasedAt: '2026-11-26T23:30:00Z' }, '2026-11-29T12:00:00Z', '2026-11-30T09:00:00Z'],
    [
      'no bank holiday of the recipient’s nation',
      { releasedAt: '2026-11-26T23:30:00Z', nation: 'scotland' },
      '2026-11-30T12:00:00Z',
      '2026-12-01T09:00:00Z',
    ],
    [
      'days in London, in summer too',
      { releasedAt: '2026-07-06T23:30:00Z', expiresAt: '2026-07-30T00:00:00Z' },
      '2026-07-09T07:59:59Z',
      '2026-07-09T08:00:00Z',
    ],
    [
      'no day on which it was held',
      { pauses: [{ from: '2026-11-25T16:00:00Z', until: '2026-11-26T16:00:00Z' }] },
      '2026-11-29T12:00:00Z',
      '2026-11-30T09:00:00Z',
    ],
    [
      'weekends alone where the table ends',
      { releasedAt: '2028-12-29T12:00:00Z', expiresAt: '2029-02-01T00:00:00Z' },
      '2029-01-02T08:00:00Z',
      '2029-01-02T09:00:00Z',
    ],
  ])('[reminder/stages] counts %s', (_, change, before, due) => {
    expect(stageAt(facts(change), before)).toBeNull()
    expect(stageAt(facts(change), due)).toBe('recipient')
  })

  it('[reminder/stages] goes to the members of the team who can open it, and after twice the days to sender and officers', () => {
    expect(toldAt(facts(), '2026-11-27T09:00:00Z')).toEqual(['still-waiting olu', 'still-waiting pat'])
    const later = facts({ reminded: [once] })
    expect(stageAt(later, '2026-11-30T12:00:00Z')).toBeNull()
    expect(stageAt(later, '2026-12-01T08:59:59Z')).toBeNull()
    expect(toldAt(later, '2026-12-01T09:00:00Z')).toEqual(['not-collected carol', 'not-collected iris'])
  })

  it('[reminder/stages] is sent once at each stage, the first before the second, and refused when there is none', () => {
    expect(stageAt(facts(), '2026-12-20T12:00:00Z')).toBe('recipient')
    expect(stageAt(facts({ reminded: [once] }), '2026-12-20T12:00:00Z')).toBe('sender')
    const all = facts({ reminded: [once, twice] })
    expect(stageAt(all, '2026-12-20T12:00:00Z')).toBeNull()
    expect(decideRemind(all, instant('2026-12-20T12:00:00Z'))).toMatchObject({ refusal: { code: 'TRANSFER_STATE' } })
  })

  it.each<[string, Change]>([
    ['held', { heldAt: '2026-11-25T16:00:00Z' }],
    ['expired by the clock', { expiresAt: '2026-11-27T09:00:00Z' }],
    ['collected', { delivery: 'fetched' }],
    ['recalled', { state: 'recalled' }],
    ['not released', { state: 'scanning' }],
  ])('[reminder/stages] is not sent of what is %s', (_, change) => {
    expect(stageAt(facts(), '2026-11-27T09:00:00Z')).toBe('recipient')
    expect(stageAt(facts(change), '2026-11-27T09:00:00Z')).toBeNull()
  })

  it('[reminder/stages] is of each recipient: by the day when they were let in, and one entry for those of one morning', () => {
    const recipients = [toOlu, toTeam]
    const at = '2026-11-27T09:00:00Z'
    expect(toldAt(facts({ recipients }), at)).toEqual(['still-waiting olu', 'still-waiting pat'])
    const late = facts({ recipients, addedAt: new Map([[olu!, instant('2026-11-26T10:00:00Z')]]) })
    expect(dueReminder(late, instant(at))?.recipients).toEqual([toTeam])
    const rest = facts({ recipients, reminded: [once] })
    expect(dueReminder(rest, instant(at))?.recipients).toEqual([toOlu])
  })
})

/** Collected by the team, recalled on the afternoon of Wednesday, 25 November 2026, with its keys destroyed since. */
function recalledFacts(
  change: Change & {
    readonly at?: string
    readonly destructionDays?: number
    readonly stated?: StatedDestruction[]
  } = {},
): RemindFacts {
  const { at = '2026-11-25T15:00:00Z', destructionDays = 7, stated = [], ...rest } = change
  const recalled = { at, days: destructionDays, statements: stated }
  const { found, ...others } = facts({ state: 'destroyed', delivery: 'fetched', recalled, ...rest })
  return { ...others, found: { ...found, readers: [] } }
}

describe('a reminder of a copy that was recalled', () => {
  const [soon, overdue] = ['destruction-due', 'destruction-overdue']
  it.each<[string, Parameters<typeof recalledFacts>[0], readonly (readonly [string, string | null])[]]>([
    [
      'a working day before it is due, and on the one after that',
      {},
      [
        ['2026-12-01T08:59:59Z', null],
        ['2026-12-01T09:00:00Z', soon],
        ['2026-12-02T14:59:59Z', soon],
        ['2026-12-02T15:00:00Z', null],
        ['2026-12-03T08:59:59Z', null],
        ['2026-12-03T09:00:00Z', overdue],
      ],
    ],
    [
      'over the weekend on which it is due: on Thursday and Monday',
      { at: '2026-11-22T15:00:00Z' },
      [
        ['2026-11-26T08:59:59Z', null],
        ['2026-11-26T09:00:00Z', soon],
        ['2026-11-30T08:59:59Z', null],
        ['2026-11-30T09:00:00Z', overdue],
      ],
    ],
    [
      'by the bank holidays of the recipient’s nation',
      { at: '2026-11-22T15:00:00Z', nation: 'scotland' },
      [
        ['2026-11-30T23:59:59Z', null],
        ['2026-12-01T09:00:00Z', overdue],
      ],
    ],
    [
      'not on the day of the recall, and not soon what is overdue already',
      { at: '2026-11-27T15:00:00Z', destructionDays: 2 },
      [
        ['2026-11-27T15:00:01Z', null],
        ['2026-11-29T14:59:59Z', null],
        ['2026-11-30T08:59:59Z', null],
        ['2026-11-30T09:00:00Z', overdue],
      ],
    ],
  ])('[reminder/stages] goes %s', (_, change, times) => {
    const found = recalledFacts(change)
    expect(times.map(([at]) => [at, stageAt(found, at)])).toEqual(times)
  })

  it('[reminder/stages] goes to the team of today, and once overdue to them, the sender and the officers of both ends', () => {
    const toThem = (template: string) => ['olu', 'pat', 'newcomer'].map((account) => `${template} ${account}`)
    expect(toldAt(recalledFacts(), '2026-12-01T09:00:00Z')).toEqual(toThem('destruction-due'))
    const others = ['carol', 'iris', 'ian'].map((account) => `destruction-missing ${account}`)
    expect(toldAt(recalledFacts(), '2026-12-03T09:00:00Z')).toEqual([...others, ...toThem('destruction-overdue')])
  })

  it('[reminder/stages] goes once at each stage, and is no other than theirs', () => {
    const reminded = reminderStages.map((stage) => ({ stage, recipient: team }))
    expect(stageAt(recalledFacts({ reminded }), '2026-12-20T12:00:00Z')).toBeNull()
    const others = reminded.map((one) => ({ ...one, recipient: olu! }))
    expect(stageAt(recalledFacts({ reminded: others }), '2026-12-20T12:00:00Z')).toBe(overdue)
  })

  it.each<[string, Parameters<typeof recalledFacts>[0]]>([
    ['the team destroyed', { stated: [{ account: pat!, team, outcome: 'destroyed' }] }],
    ['the law makes them keep', { stated: [{ account: pat!, team, outcome: 'kept-by-law' }] }],
    ['nobody had fetched', { delivery: 'waiting' }],
    ['is held', { heldAt: '2026-11-25T16:00:00Z' }],
  ])('[reminder/stages] does not go about what %s', (_, change) => {
    for (const at of ['2026-12-01T09:00:00Z', '2026-12-03T09:00:00Z']) {
      expect(stageAt(recalledFacts(), at)).not.toBeNull()
      expect(stageAt(recalledFacts(change), at)).toBeNull()
    }
  })

  it('[reminder/stages] goes on to a team for which nobody spoke, and to nobody about what was not recalled', () => {
    const stated: StatedDestruction[] = [{ account: olu!, team: null, outcome: 'destroyed' }]
    const found = recalledFacts({ recipients: [toOlu, toTeam], stated })
    expect(dueReminder(found, instant('2026-12-03T09:00:00Z'))?.recipients).toEqual([toTeam])
    expect(stageAt({ ...found, recalled: null }, '2026-12-03T09:00:00Z')).toBeNull()
  })

  it.each(nations)('[reminder/stages] never goes earlier than the reconciler looks, in %s', (nation) => {
    const noonOf = (day: string) => instant(`${day}T12:00:00Z`)
    const first = addDays(noonOf(bankHolidaysFrom), mostDaysBeforeDestructionDue + 1)
    for (let due = first; due < noonOf(bankHolidaysUntil); due = addDays(due, 1)) {
      const found = recalledFacts({ at: addDays(due, -90), destructionDays: 90, nation })
      expect(stageAt(found, addDays(due, -mostDaysBeforeDestructionDue - 1))).toBeNull()
    }
  })
})
