// What the pages of transfers say around what is said of a transfer everywhere (transfers.ts, endings.ts).
import type { TransferActName } from '#domain/transfers/decisions/act-names.ts'
import type { TransferId } from '#domain/values.ts'

export const listPageWords = {
  received: 'Files for you',
  sent: 'Sent files',
  approvals: 'Waiting for release',
  none: {
    received: 'Nothing has been sent to you yet. Who sends you files names you or a team of yours.',
    sent: 'You have not sent anything yet.',
    approvals: 'Nothing waits to be released.',
  },
  from: 'From',
  to: 'To',
  reference: 'Reference',
  noReference: 'No reference',
  state: 'State',
  with: 'With',
  begun: 'Begun',
  until: 'Kept until',
  older: 'Older ones',
} as const

export const transferPageWords = {
  title: (number: string) => `Transfer ${number}`,
  backReceived: 'Files for you',
  backSent: 'Sent files',
  number: 'Number',
  fullNumber: 'Full number',
  from: 'From',
  reference: 'Reference',
  agreement: 'Agreement',
  purpose: 'Purpose',
  items: 'What is in it',
  marking: 'Marking',
  files: 'Files',
  filesWords: (count: number, size: string) => `${count === 1 ? '1 file' : `${count} files`}, ${size}`,
  history: 'What happened',
  readers: 'Who it is for',
  next: 'What you can do',
  moments: {
    createdAt: 'Begun',
    dispatchedAt: 'Handed over',
    releasedAt: 'Released: it can be collected',
  },
  collected: (who: string) => `Collected: ${who}`,
  acknowledged: (who: string) => `Acknowledged: ${who}`,
  taken: (who: string) => `Taken: ${who} works on it`,
  take: 'I work on it',
  takeWhat: 'Your team sees that you have it. It bars nobody.',
  giveBack: 'I do not work on it any more',
  recall: 'Recall it',
  recallWhat: 'Nobody can collect it from then on. Copies that were fetched before are out of its reach.',
} as const

export const recallPageWords = {
  title: (number: string) => `Recall transfer ${number}`,
  what: 'Nobody can collect it from then on. Who fetched it is asked to destroy their copy.',
  reason: 'Why?',
  reasonHint: 'The recipients and both organisations read this. Name nobody.',
  enterReason: 'Say why, in up to 200 characters',
  button: 'Recall it now',
  back: 'The transfer',
} as const

/** For what a page cannot do yet, and the command line can. */
export const nextActWords = {
  'transfer.dispatch': 'Finish sending it: what broke off goes on where it was.',
  'transfer.request-scan-certificate': 'Ask for another virus check.',
  'transfer.approve': 'Look at what would be released, and answer.',
  'transfer.recall': 'Recall it, while it waits to be released.',
  'transfer.fetch': 'Collect and open it.',
  'transfer.acknowledge': 'Acknowledge it: tell the sender that you have stored the files.',
  'transfer.state-destruction': 'Say that your copies are destroyed, or why you keep them.',
  'transfer.destruction-certificate': 'Look at the signed certificate of destruction.',
} as const satisfies Partial<Record<TransferActName, string>>

/** Short enough to be said on the phone; both sides see the same. */
export function transferNumber(id: TransferId): string {
  return `${id.slice(0, 4)}-${id.slice(4, 8)}`.toUpperCase()
}
