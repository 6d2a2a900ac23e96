// Where a transfer stands, said to its sender and its recipients.
import type { ApprovalBound } from '#domain/policy/approval-over.ts'
import type { ApprovalAnswer } from '#domain/transfers/documents/approval.ts'
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import { type DeliveryState, hasEnded, type TransferState } from '#domain/transfers/states.ts'

export const notScannedWords =
  'NOT SCANNED for viruses: nothing could look into it. Open it only as you would open a stranger’s files.'

/** Said to who opened it, where the service was interrupted and forgot what it gave out. */
export const notReportedWords =
  'The service has no record that it gave you all of it, so its sender is not told that you opened it. If they should be, collect it once more.'

export const transferStateWords = {
  draft: 'Nothing has been handed over. What broke off can go on where it was.',
  uploading: 'Some of it is there, and has not been handed over. What broke off can go on where it was.',
  dispatched: 'Handed over; it waits to be checked for viruses.',
  scanning: 'It is being checked for viruses.',
  'waiting-for-sender':
    'The key for the virus check was lost before the check, so nothing was read. The sender asks for another check within 24 hours.',
  'awaiting-approval':
    'It waits for an approver of the sending organisation, not the sender, who releases it or sends it back.',
  released: 'It can be collected.',
  rejected: 'It was stopped and not released; nobody can collect it.',
  recalled: 'The sender recalled it.',
  expired: 'Its time is over.',
  abandoned: 'It was given up before it was handed over.',
  destroyed: 'It has been destroyed.',
} as const satisfies Record<TransferState, string>

/** The same in two words, beside a colour: one look over a list. */
export const transferTagWords = {
  draft: { text: 'Not sent yet', colour: 'grey' },
  uploading: { text: 'Not sent yet', colour: 'grey' },
  dispatched: { text: 'Being checked', colour: 'blue' },
  scanning: { text: 'Being checked', colour: 'blue' },
  'waiting-for-sender': { text: 'Waits for the sender', colour: 'yellow' },
  'awaiting-approval': { text: 'Waits for release', colour: 'yellow' },
  released: { text: 'Can be collected', colour: 'green' },
  acknowledged: { text: 'Acknowledged', colour: 'green' },
  rejected: { text: 'Stopped', colour: 'red' },
  recalled: { text: 'Recalled', colour: 'red' },
  expired: { text: 'Time is over', colour: 'grey' },
  abandoned: { text: 'Given up', colour: 'grey' },
  destroyed: { text: 'Destroyed', colour: 'grey' },
} as const satisfies Record<TransferState | 'acknowledged', { readonly text: string; readonly colour: string }>

export const everyoneAcknowledgedWords = 'Everyone it was sent to has acknowledged it.'

/** Which bound it is over. */
export const approvalBoundWords = {
  records: 'There are more records than one person may send under this agreement',
  files: 'There are more files than one person may send under this agreement',
  bytes: 'The files are larger than what one person may send under this agreement',
} as const satisfies Record<ApprovalBound, string>

/** Where the flow lets nothing go that was not checked. */
export function tooBigToScanWords(file: string): string {
  return `${file} is larger than 2,047 MiB, the most that can be checked for viruses, so nobody could open it. Send it in smaller pieces; text, CSV and JSON lines may be larger.`
}

/** Where an approver may release it all the same. */
export function goesUncheckedWords(files: readonly string[]): string {
  return `Larger than 2,047 MiB, the most that can be checked for viruses: ${files.join(', ')}. An approver of your organisation releases them or sends them back; recipients read that they were not checked.`
}

/** Said before the approver's name. */
export const approvalAnswerWords = {
  'release-not-scanned': 'Released, not scanned, by',
  'release-over-threshold': 'Released by',
  'send-back': 'Sent back by',
} as const satisfies Record<ApprovalAnswer, string>

const deliveryStateWords = {
  waiting: 'has not collected it yet',
  fetched: 'has begun to collect it',
  opened: 'has opened it',
  acknowledged: 'acknowledged it',
} as const satisfies Record<DeliveryState, string>

/** Said after the recipient's name; null where there is nothing that they could have done with it. */
export function deliveryWords(delivery: DeliveryState, transfer: TransferState): string | null {
  if (delivery !== 'waiting') return deliveryStateWords[delivery]
  if (transfer === 'draft' || transfer === 'uploading') return null
  return hasEnded(transfer) ? 'did not collect it' : deliveryStateWords.waiting
}

/** Said of who acknowledged it. */
export function receiptWords(signed: boolean): string {
  return signed ? 'with their signature' : 'without a signature: only the service says so'
}

/** How the files are encrypted, said before they are sent. */
export const profileWords = {
  'v2-gcm': 'Encrypted as v2-gcm (AES-256-GCM): every key says that its program opens it.',
  'v1-cfb': 'Encrypted as v1-cfb (AES-256-CFB), which every OpenPGP program opens, GnuPG too.',
} as const satisfies Record<Profile, string>

export function moreInListWords(more: number, command: string): string {
  return `… and ${more} more. All of them: ${command}`
}
