// Who is reminded, when, and how often: by the working days of the recipient's nation, and never while nobody could collect.
import { describe, expect, it } from 'vitest'
import type { Rostered } from '../agreements/decide-transfer.ts'
import type { AccountId, Instant, OrganisationId, TeamId } from '../values.ts'
import type { Nation } from '../working-days.ts'
import { decideRemind, dueReminder, type RemindFacts } from './decide-remind.ts'
import type { Recipient } from './dispatch-note.ts'
import type { Reminded } from './reminders.ts'

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
}

/** Released on the afternoon of Wednesday, 25 November 2026. */
function facts(change: Change = {}): RemindFacts {
  const { recipients = [toTeam], state = 'released', delivery = 'waiting', nation, days, heldAt } = change
  const transfer = {
    ...{ id: 'transfer', agreement: { id: 'agreement' }, flow: 'flow', sender: carol, state },
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
    policy: {
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
  ])('[whole 3] counts %s', (_, change, before, due) => {
    expect(stageAt(facts(change), before)).toBeNull()
    expect(stageAt(facts(change), due)).toBe('recipient')
  })

  it('[whole 3] goes to the members of the team who can open it, and after twice the days to sender and officers', () => {
    expect(toldAt(facts(), '2026-11-27T09:00:00Z')).toEqual(['still-waiting olu', 'still-waiting pat'])
    const later = facts({ reminded: [once] })
    expect(stageAt(later, '2026-11-30T12:00:00Z')).toBeNull()
    expect(stageAt(later, '2026-12-01T08:59:59Z')).toBeNull()
    expect(toldAt(later, '2026-12-01T09:00:00Z')).toEqual(['not-collected carol', 'not-collected iris'])
  })

  it('[whole 3] is sent once at each stage, the first before the second, and refused when there is none', () => {
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
  ])('[whole 3] is not sent of what is %s', (_, change) => {
    expect(stageAt(facts(), '2026-11-27T09:00:00Z')).toBe('recipient')
    expect(stageAt(facts(change), '2026-11-27T09:00:00Z')).toBeNull()
  })

  it('[whole 3] is of each recipient: by the day when they were let in, and one entry for those of one morning', () => {
    const recipients = [toOlu, toTeam]
    const at = '2026-11-27T09:00:00Z'
    expect(toldAt(facts({ recipients }), at)).toEqual(['still-waiting olu', 'still-waiting pat'])
    const late = facts({ recipients, addedAt: new Map([[olu!, instant('2026-11-26T10:00:00Z')]]) })
    expect(dueReminder(late, instant(at))?.deliveries.map(({ recipient }) => recipient)).toEqual([toTeam])
    const rest = facts({ recipients, reminded: [once] })
    expect(dueReminder(rest, instant(at))?.deliveries.map(({ recipient }) => recipient)).toEqual([toOlu])
  })
})
