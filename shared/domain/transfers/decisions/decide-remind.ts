// Reminders (ARCHITECTURE.md#reminders), each stage once for each delivery, by working days of the recipient's nation.
// Of what nobody collected: the recipient, or the caseworkers of their team; then the sender and the recipient's
// information officers. Of a copy fetched before a recall: the recipient shortly before their statement is due; once it
// is overdue they, the sender, and the information officers of both ends. Nobody is reminded of what is held. The
// reconciler only looks; here it is decided.
import type { Flow, Party } from '../../agreements/agreement.ts'
import { isCaseworker, type AgreementFacts, type ResolvedRecipient, type Rostered } from '../../policy/facts.ts'
import { addSeconds, londonDay } from '../../time.ts'
import type { AccountId, Day, Instant, OrganisationId, TeamId } from '../../values.ts'
import { hasBankHolidays, type Nation, workingDaysBetween } from '../../working-days.ts'
import type { Decision, MailTemplate } from '../changes.ts'
import { endedByClock } from './decide-end.ts'
import type { Recipient } from '../../policy/recipient.ts'
import { type AskedDestruction, askedDestructions, type RecalledCopies } from '../ending.ts'
import { inAgreement, inState, refuseParty } from '../entries.ts'
import { type Reminded, type ReminderStage, reminderStages } from '../reminders.ts'
import { type Delivery, pausedSeconds, type TransferFacts } from '../transfer.ts'

export interface RemindFacts {
  readonly found: TransferFacts
  readonly agreementFacts: AgreementFacts
  /** What was sent before. */
  readonly reminded: readonly Reminded[]
  /** When somebody was let in after the release, by account. */
  readonly addedAt: ReadonlyMap<AccountId, Instant>
  /** Of the organisations at both ends, by their current rosters. */
  readonly officers: readonly Rostered[]
  /** Null where there was no recall. */
  readonly recalled: RecalledCopies | null
}

/** Working days until the first reminder where the flow says nothing; the second comes after twice as many. */
export const usualRemindAfterWorkingDays = 2

/** The last two working days before any day are never longer ago: nobody is told earlier that their statement is due. */
export const mostDaysBeforeDestructionDue = 5

/** Nobody is written to before the working day begins. */
const secondsToMorning = 9 * 3600

const dayOfWork = (at: Instant): Day => londonDay(addSeconds(at, -secondsToMorning))

interface Stage {
  /** Whose delivery it is time to speak of, whether or not that was done before. */
  readonly due: (facts: RemindFacts, at: Instant) => readonly Recipient[]
  /** To whoever it is delivered to. */
  readonly recipients?: MailTemplate
  /** To the sender and information officers. */
  readonly others?: MailTemplate
}

const stages: Readonly<Record<ReminderStage, Stage>> = {
  recipient: { due: (facts, at) => notCollected(facts, { times: 1, at }), recipients: 'still-waiting' },
  sender: { due: (facts, at) => notCollected(facts, { times: 2, at }), others: 'not-collected' },
  'destruction-due': { due: (facts, at) => notStated(facts, { state: 'asked', at }), recipients: 'destruction-due' },
  'destruction-overdue': {
    due: (facts, at) => notStated(facts, { state: 'overdue', at }),
    recipients: 'destruction-overdue',
    others: 'destruction-missing',
  },
}

export interface Due {
  readonly stage: ReminderStage
  readonly recipients: readonly Recipient[]
}

/** What is to be said now: of several stages the first. Null: nothing. */
export function dueReminder(facts: RemindFacts, at: Instant): Due | null {
  if (facts.found.transfer.held !== null) return null
  for (const stage of reminderStages) {
    const sent = facts.reminded.filter((one) => one.stage === stage)
    const isNew = (recipient: Recipient) => !sent.some((one) => one.recipient === idOf(recipient))
    const recipients = stages[stage].due(facts, at).filter(isNew)
    if (recipients.length > 0) return { stage, recipients }
  }
  return null
}

/** By whom, after so many times the flow's days. */
function notCollected(
  facts: RemindFacts,
  { times, at }: { readonly times: number; readonly at: Instant },
): readonly Recipient[] {
  const { transfer, deliveries } = facts.found
  if (transfer.state !== 'released' || endedByClock(facts.found, at) !== null) return []
  const flow = facts.agreementFacts.agreement.flows.find(({ code }) => code === transfer.flow)
  const days = times * daysOf(flow)
  const isDue = (one: Delivery) => {
    const since = waitingSince(facts, one, at)
    return since !== null && workingDays(facts, one.recipient, [londonDay(since), dayOfWork(at)]) >= days
  }
  return deliveries.filter((one) => one.state === 'waiting' && isDue(one)).map(({ recipient }) => recipient)
}

function daysOf(flow: Pick<Flow, 'remindAfterWorkingDays'> | undefined): number {
  return flow?.remindAfterWorkingDays ?? usualRemindAfterWorkingDays
}

/** The release, or when they were let in; later by the time in which nobody could collect. */
function waitingSince({ found, addedAt }: RemindFacts, { recipient }: Delivery, at: Instant): Instant | null {
  const { releasedAt } = found.transfer
  if (releasedAt === null) return null
  const added = recipient.kind === 'person' ? addedAt.get(recipient.account) : undefined
  const since = added !== undefined && added > releasedAt ? added : releasedAt
  return addSeconds(since, pausedSeconds(found.pauses, { since, at }))
}

/**
 * Asked: with at most one working day left after this one, and not on the very day of the recall. Overdue: from the working
 * day on that follows.
 */
function notStated(
  facts: RemindFacts,
  { state, at }: { readonly state: 'asked' | 'overdue'; readonly at: Instant },
): readonly Recipient[] {
  const { found, recalled } = facts
  if (recalled === null) return []
  const today = dayOfWork(at)
  const isTime = ({ recipient, due }: AskedDestruction) => {
    const days = (after: Day, until: Day) => workingDays(facts, recipient, [after, until])
    if (state === 'overdue') return days(londonDay(due), today) >= 1
    return days(londonDay(recalled.at), today) >= 1 && days(today, londonDay(due)) <= 1
  }
  const open = askedDestructions(found, recalled, at).filter((one) => one.state === state)
  return open.filter(isTime).map(({ recipient }) => recipient)
}

/** Working days of the recipient's nation after a day, up to and with another. */
function workingDays(
  { agreementFacts }: RemindFacts,
  { organisation }: Recipient,
  [after, until]: readonly [Day, Day],
) {
  const party = agreementFacts.agreement.parties.find((one) => one.organisation === organisation)
  return workingDaysBetween(after, until, calendarFor(party, [after, until]))
}

/** Outside the table's years reminders still go, by weekends alone; the housekeeper warns of it. */
function calendarFor(party: Pick<Party, 'workingDays'> | undefined, days: readonly Day[]): Nation | null {
  return days.every(hasBankHolidays) ? (party?.workingDays ?? 'england-and-wales') : null
}

export function decideRemind(facts: RemindFacts, at: Instant): Decision<null> {
  const event = 'transfer.reminded'
  const { transfer } = facts.found
  const due = dueReminder(facts, at)
  if (due === null) {
    return refuseParty({ event, transfer, refusal: inState(transfer) })
  }
  const { stage, recipients } = due
  return {
    next: null,
    changes: [{ kind: 'transfers.remind', transfer: transfer.id, stage, recipients, at }],
    event: { event, ...inAgreement(transfer), detail: { stage, recipients: recipients.length } },
    jobs: [...told(facts, due)].map(([account, template]) => ({
      name: 'send-mail',
      data: { template, account, transfer: transfer.id },
    })),
  }
}

/** Each person once, as a recipient if they are one, and only who stands in a roster today. */
function told(facts: RemindFacts, due: Due): ReadonlyMap<AccountId, MailTemplate> {
  const { recipients, others } = stages[due.stage]
  return new Map([
    ...(others ? whoAnswers(facts, due).map((account) => [account, others] as const) : []),
    ...(recipients ? caseworkers(facts, due).map((account) => [account, recipients] as const) : []),
  ])
}

/** To collect, one needs a key that it was wrapped for; to destroy a copy, and to say so for the team, none. */
function caseworkers({ found, agreementFacts }: RemindFacts, { stage, recipients }: Due): readonly AccountId[] {
  const ids = new Set(recipients.map(idOf))
  const readers = new Set(found.readers.map(({ account }) => account))
  const isMeant = ({ recipient }: ResolvedRecipient) => ids.has(idOf(recipient))
  const members = agreementFacts.recipients.filter(isMeant).flatMap((one) => one.members)
  const accounts = members.filter(isCaseworker).map(({ account }) => account)
  return stage === 'recipient' ? accounts.filter((account) => readers.has(account)) : accounts
}

/** The sender, and the information officers: of what was not collected the recipients' own. */
function whoAnswers(
  { found, agreementFacts, officers }: RemindFacts,
  { stage, recipients }: Due,
): readonly AccountId[] {
  const ends = new Set<OrganisationId>(recipients.map(({ organisation }) => organisation))
  if (stage === 'destruction-overdue') ends.add(found.transfer.senderOrganisation)
  const theirs = officers.filter(({ organisation }) => ends.has(organisation))
  return [agreementFacts.sender, ...theirs].flatMap((one) => one?.account ?? [])
}

/** Accounts and teams share no ids. */
function idOf(recipient: Recipient): AccountId | TeamId {
  return recipient.kind === 'person' ? recipient.account : recipient.team
}
