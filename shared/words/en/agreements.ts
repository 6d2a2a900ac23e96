// Words of an agreement: where it stands, what its flows allow at most. What is shown of a whole one is put together in
// shared/present/agreement.ts.
import type { ApprovalBound } from '#domain/policy/approval-over.ts'
import type { AgreementStanding } from '#domain/policy/agreement-standing.ts'
import { fileTypeWords } from '#domain/file-types.ts'
import type { Agreement, Flow } from '#domain/agreements/agreement.ts'
import { dayInWords } from './dates.ts'

const number = (value: number) => value.toLocaleString('en-GB')

const bounds = {
  records: (most) => `${number(most)} records`,
  files: (most) => `${number(most)} files`,
  bytes: (most) => `${number(most)} bytes`,
} as const satisfies Record<ApprovalBound, (most: number) => string>

/** Of one transfer. */
export function flowLimitsWords({ maxFiles, maxFileBytes, maxRecords }: Flow): string {
  const records = maxRecords === undefined ? '' : `, and ${bounds.records(maxRecords)}`
  return `one transfer: at most ${bounds.files(maxFiles)} of ${bounds.bytes(maxFileBytes)} each${records}`
}

/** By content and name together. */
export function fileTypesWords({ fileTypes }: Pick<Flow, 'fileTypes'>): string {
  if (fileTypes === undefined) return 'files of any type'
  const listed = fileTypes.map((code) => `${fileTypeWords(code)} (${code})`).join(', ')
  return `files of these types, by content and name together, in archives too: ${listed}`
}

/** What one person cannot send alone; null where they can send everything. */
export function secondPersonWords({ approvalOver = {}, malwareAssurance }: Flow): string | null {
  const over = (Object.keys(bounds) as ApprovalBound[]).flatMap((bound) => {
    const most = approvalOver[bound]
    return most === undefined ? [] : [`more than ${bounds[bound](most)}`]
  })
  const unchecked = malwareAssurance === 'SENDER_DECLARED' ? ['what could not be checked for viruses'] : []
  const all = [...over, ...unchecked]
  return all.length === 0 ? null : `released by an approver, not its sender: ${all.join(', ')}`
}

interface Said extends Pick<Agreement, 'effectiveFrom' | 'reviewOn' | 'expiresOn'> {
  /** Who has not signed. */
  readonly missing: string | null
}

export const agreementStandingWords = {
  unsigned: ({ missing }) => `Not signed by every party yet: ${missing}.`,
  'not-in-force': () => 'Signed by every party. The service has not put it in force yet.',
  'not-begun': ({ effectiveFrom }) => `Signed by every party. It begins on ${dayInWords(effectiveFrom)}.`,
  'in-force': () => 'Signed by every party, and in force.',
  'review-overdue': ({ reviewOn }) =>
    `Signed by every party. Its review was due on ${dayInWords(reviewOn)}: nothing more is sent by it until its parties agree on a next version.`,
  ended: ({ expiresOn }) =>
    `It ended on ${dayInWords(expiresOn)}: nothing more is sent by it. What was released stays collectable.`,
} as const satisfies Record<AgreementStanding, (said: Said) => string>

export const unsignedWords = 'Nothing is sent by it before every party has signed.'

/** One column of a list. */
export const agreementColumnWords = {
  'not-in-force': 'signed',
  'not-begun': 'not begun',
  'in-force': 'in force',
  'review-overdue': 'review overdue',
  ended: 'ended',
} as const satisfies Record<Exclude<AgreementStanding, 'unsigned'>, string>

export const noWitnessWords = 'No witness cosigns this agreement’s log: only the service vouches for it.'
export const summaryWords = 'This is a summary; what is signed is the whole.'
