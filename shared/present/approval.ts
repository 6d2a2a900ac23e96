// What two people release: what an approver is asked, by the note as its sender signed it; why one is waited for; and what
// they answered, by their signature and never by the service's word.
import type { TransferView } from '#contract/transfers/view.ts'
import type { RosteredPerson } from '#domain/organisations/rostered.ts'
import type { ApprovalAnswer } from '#domain/transfers/documents/approval.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { holdWords } from '#words/en/endings.ts'
import { manifestFileId } from '#domain/values.ts'
import { unrecognisedWords, unscannableWords } from '#words/en/scanning.ts'
import { approvalAnswerWords, approvalBoundWords, notScannedWords } from '#words/en/transfers.ts'
import type { Names } from './names.ts'

export interface SignedApproval {
  readonly approver: RosteredPerson
  readonly what: ApprovalAnswer
  readonly reason: string
}

/** Why a second person is asked; nothing where none is. */
export function describeAsked({ held, approvalFor }: Pick<TransferView, 'held' | 'approvalFor'>): readonly string[] {
  return [...(held ? [holdWords[held.reason]] : []), ...(approvalFor ? [`${approvalBoundWords[approvalFor]}.`] : [])]
}

export interface ApprovalToAsk {
  readonly view: Pick<TransferView, 'held' | 'approvalFor'>
  readonly note: DispatchNote
  readonly sender: RosteredPerson
  readonly names: Names
}

export function describeApprovalRequest({ view, note, sender, names }: ApprovalToAsk): readonly string[] {
  const files = note.files.length - 1
  const bytes = note.files.reduce((sum, { length }) => sum + length, 0)
  const records = note.records === undefined ? '' : `, ${note.records} records`
  const to = note.recipients.map((recipient) => names.recipient(recipient) ?? recipient.kind).join(', ')
  return [
    `${sender.name} sends ${files === 1 ? '1 file' : `${files} files`}, ${bytes} bytes${records}, to ${to}.`,
    `${note.purpose}: ${note.items.join(', ')}. ${note.marking}.`,
    ...describeAsked(view),
  ]
}

/** Whether it was scanned, and who answered for it where two people were asked. */
export function describeScan(
  view: Pick<TransferView, 'verdict' | 'finding' | 'files'>,
  approval: SignedApproval | null,
) {
  const { verdict, finding } = view
  const why = finding === null ? null : unscannableWords(finding)
  const unscanned = [notScannedWords, ...(why === null ? [] : [`The scanner says: ${why}.`])]
  const scan =
    verdict === 'clean'
      ? { value: 'clean', text: describeUnrecognised(view) }
      : { value: 'not scanned', text: unscanned }
  if (approval === null) return scan
  const { approver, what, reason } = approval
  const said = `${approvalAnswerWords[what]} ${approver.name} <${approver.email}>: ${reason}`
  return { ...scan, text: [...scan.text, said] }
}

/** What the scanner could not tell, of what it found nothing in. */
export function describeUnrecognised({ verdict, files }: Pick<TransferView, 'verdict' | 'files'>): readonly string[] {
  if (verdict !== 'clean') return []
  const unknown = files.filter(({ id, typeSeen }) => id !== manifestFileId && typeSeen === null)
  const said = unrecognisedWords(unknown.length)
  return said === null ? [] : [said]
}
