// Reminders of what nobody collected (DESIGN 4.8): first the recipient, or the caseworkers of their team, then the sender
// and the information officers of the recipient's organisation; each stage once for each delivery, after working days of
// the recipient's nation. A hold stops these days too. The reconciler only looks; here it is decided.
import type { Flow, Party } from '../agreements/agreement.ts'
import { isCaseworker, type PolicyFacts, type ResolvedRecipient, type Rostered } from '../agreements/decide-transfer.ts'
import type { Decision } from '../decision.ts'
import { addSeconds, londonDay } from '../time.ts'
import type { AccountId, Day, Instant, OrganisationId, TeamId } from '../values.ts'
import { hasBankHolidays, type Nation, workingDaysBetween } from '../working-days.ts'
import type { MailTemplate } from './changes.ts'
import { endedByClock } from './decide-end.ts'
import type { Recipient } from './dispatch-note.ts'
import { inAgreement, refuseParty } from './entries.ts'
import { type Reminded, type ReminderStage, reminderStages } from './reminders.ts'
import { type Delivery, pausedSeconds, type TransferFacts } from './transfer.ts'

export interface RemindFacts {
  readonly found: TransferFacts
  readonly policy: PolicyFacts
  /** What was sent before. */
  readonly reminded: readonly Reminded[]
  /** When somebody was let in after the release, by account. */
  readonly addedAt: ReadonlyMap<AccountId, Instant>
  /** Of the organisations that it goes to, by their current rosters. */
  readonly officers: readonly Rostered[]
}

/** Working days until the first reminder where the flow says nothing; the second comes after twice as many. */
export const usualRemindAfterWorkingDays = 2

/** Nobody is written to before the working day begins. */
const secondsToMorning = 9 * 3600

export interface Due {
  readonly stage: ReminderStage
  readonly deliveries: readonly Delivery[]
}

/** What is to be said now: of two stages the first. Null: nothing. */
export function dueReminder(facts: RemindFacts, at: Instant): Due | null {
  const { transfer, deliveries } = facts.found
  if (transfer.state !== 'released' || transfer.held !== null || endedByClock(facts.found, at) !== null) return null
  const waiting = deliveries.filter(({ state }) => state === 'waiting')
  for (const stage of reminderStages) {
    const due = waiting.filter((one) => !wasReminded(facts, { one, stage }) && isDue(facts, { one, stage, at }))
    if (due.length > 0) return { stage, deliveries: due }
  }
  return null
}

function wasReminded({ reminded }: RemindFacts, { one, stage }: { one: Delivery; stage: ReminderStage }): boolean {
  const id = idOf(one.recipient)
  return reminded.some((sent) => sent.stage === stage && sent.recipient === id)
}

function isDue(facts: RemindFacts, { one, stage, at }: { one: Delivery; stage: ReminderStage; at: Instant }): boolean {
  const { agreement } = facts.policy
  const since = waitingSince(facts, one, at)
  if (since === null) return false
  const flow = agreement.flows.find(({ code }) => code === facts.found.transfer.flow)
  const party = agreement.parties.find(({ organisation }) => organisation === one.recipient.organisation)
  const [from, today] = [londonDay(since), londonDay(addSeconds(at, -secondsToMorning))]
  return workingDaysBetween(from, today, calendarFor(party, [from, today])) >= workingDaysUntil(flow, stage)
}

/** The release, or when they were let in; later by the time in which nobody could collect. */
function waitingSince({ found, addedAt }: RemindFacts, { recipient }: Delivery, at: Instant): Instant | null {
  const { releasedAt } = found.transfer
  if (releasedAt === null) return null
  const added = recipient.kind === 'person' ? addedAt.get(recipient.account) : undefined
  const since = added !== undefined && added > releasedAt ? added : releasedAt
  return addSeconds(since, pausedSeconds(found.pauses, { since, at }))
}

/** Outside the table's years reminders still go, by weekends alone; the housekeeper warns of it. */
function calendarFor(party: Pick<Party, 'workingDays'> | undefined, days: readonly Day[]): Nation | null {
  return days.every(hasBankHolidays) ? (party?.workingDays ?? 'england-and-wales') : null
}

function workingDaysUntil(flow: Pick<Flow, 'remindAfterWorkingDays'> | undefined, stage: ReminderStage): number {
  const days = flow?.remindAfterWorkingDays ?? usualRemindAfterWorkingDays
  return stage === 'recipient' ? days : 2 * days
}

export function decideRemind(facts: RemindFacts, at: Instant): Decision<null> {
  const event = 'transfer.reminded'
  const { transfer } = facts.found
  const due = dueReminder(facts, at)
  if (due === null) {
    return refuseParty({ event, transfer, refusal: { code: 'TRANSFER_STATE', detail: { state: transfer.state } } })
  }
  const recipients = due.deliveries.map(({ recipient }) => recipient)
  const template: MailTemplate = due.stage === 'recipient' ? 'still-waiting' : 'not-collected'
  return {
    next: null,
    changes: [{ kind: 'transfers.remind', transfer: transfer.id, stage: due.stage, recipients, at }],
    event: { event, ...inAgreement(transfer), detail: { stage: due.stage, recipients: recipients.length } },
    jobs: told(facts, { stage: due.stage, recipients }).map((account) => ({
      name: 'send-mail',
      data: { template, account, transfer: transfer.id },
    })),
  }
}

/** Each person once, and only who stands in a roster today. */
function told(
  { found, policy, officers }: RemindFacts,
  { stage, recipients }: { readonly stage: ReminderStage; readonly recipients: readonly Recipient[] },
): readonly AccountId[] {
  const ids = new Set(recipients.map(idOf))
  if (stage === 'recipient') {
    const readers = new Set(found.readers.map(({ account }) => account))
    const isMeant = ({ recipient }: ResolvedRecipient) => ids.has(idOf(recipient))
    const members = policy.recipients.filter(isMeant).flatMap((one) => one.members)
    const accounts = members.filter(isCaseworker).map(({ account }) => account)
    return [...new Set(accounts)].filter((account) => readers.has(account))
  }
  const organisations = new Set<OrganisationId>(recipients.map(({ organisation }) => organisation))
  const theirs = officers.filter(({ organisation }) => organisations.has(organisation))
  return [...new Set([policy.sender, ...theirs].flatMap((one) => one?.account ?? []))]
}

/** Accounts and teams share no ids. */
function idOf(recipient: Recipient): AccountId | TeamId {
  return recipient.kind === 'person' ? recipient.account : recipient.team
}
