// How a transfer ended, said to its sender and its recipients: never more than is known.
import type { DestructionState, RecallOutcome } from '#domain/transfers/ending.ts'
import type { HoldReason } from '#domain/transfers/transfer.ts'
import type { EndedAs } from '#domain/transfers/states.ts'

export const endedWords = {
  abandoned: 'It was given up before it was handed over.',
  rejected: 'It was stopped and not released; nobody could collect it.',
  recalled: 'It was recalled.',
  expired: 'Its time was over.',
  acknowledged: 'Everyone it was sent to acknowledged it, and the days to keep it after that were over.',
} as const satisfies Record<EndedAs, string>

export const recallOutcomeWords = {
  'before-release': 'It was recalled before it was released: nobody could have read it.',
  'before-first-fetch': 'It was recalled before anybody fetched any of it. The agreement’s log proves that.',
  fetched:
    'It was recalled after it had been fetched. Nobody can fetch it again, but copies that left the service are out of its reach: their destruction was asked for.',
} as const satisfies Record<RecallOutcome, string>

/** Checked, and waiting. */
export const firstReleaseWords = (when: string) =>
  `It was checked for viruses. You have not sent to them under this agreement before, so it is released ${when}; until then recalling it undoes it.`

/** Said before who holds it, in their words. */
export const holdWords = {
  unscannable: 'It could not be checked for viruses: held until an approver answers for it.',
  'over-threshold': 'It is more than one person may send under its agreement: held until an approver answers for it.',
  incident: 'On hold for an incident. Nobody can collect it, and its time stands still.',
  legal: 'On hold by law. Nobody can collect it, and its time stands still.',
  'wrong-recipient': 'On hold: a recipient says that it is not meant for them.',
  'cannot-open': 'On hold: a recipient says that they cannot open it.',
  'wrong-content': 'On hold: a recipient says that its content is wrong.',
} as const satisfies Record<HoldReason, string>

/** Of a team only the first who fetched it is known; each member may have a copy. */
export const signedForTeamWords = (member: string) =>
  `${member} signed for the whole team; the others have not said anything themselves.`

/** Said to a member of the team before they sign. */
export const signForTeamWords = (team: string) =>
  `You sign for ${team}, not for yourself alone: that no member of it has a copy any more. Ask the others first.`

/** Said after the recipient's name. */
export const destructionStateWords = {
  asked: 'fetched it and was asked to destroy their copy, and to say so by',
  overdue: 'fetched it and has not said that their copy is destroyed, which was due by',
  confirmed: 'has signed that their copy is destroyed; it was due by',
  'kept-by-law': 'has signed that the law makes them keep their copy; an answer was due by',
} as const satisfies Record<DestructionState, string>
