// What two people release: what an approver is asked, by the note as its sender signed it; why one is waited for; and what
// they answered, by their signature and never by the service's word.
import type { RosteredPerson } from '#domain/organisations/rostered.ts'
import type { ApprovalAnswer } from '#domain/transfers/documents/approval.ts'
import type { VerdictDocument } from '#domain/transfers/documents/verdict.ts'
import type { ReleaseNeeds } from '#domain/transfers/release-needs.ts'
import type { Verdict } from '#domain/transfers/transfer.ts'
import type { DispatchNote } from '#domain/transfers/documents/dispatch-note.ts'
import { holdWords } from '#words/en/endings.ts'
import { manifestFileId } from '#domain/values.ts'
import { unrecognisedWords, unscannableWords } from '#words/en/scanning.ts'
import { approvalAnswerWords, approvalBoundWords, notScannedWords } from '#words/en/transfers.ts'
import type { Names } from './names.ts'

export interface SignedApproval {
  readonly approver: Pick<RosteredPerson, 'name'> & Partial<Pick<RosteredPerson, 'email'>>
  readonly what: ApprovalAnswer
  readonly reason: string
}

/** Why a second person is asked, by what is signed; nothing where none is. */
export function describeAsked(needs: ReleaseNeeds): readonly string[] {
  if (needs.needs !== 'approval') return []
  return [holdWords[needs.reason], ...(needs.over ? [`${approvalBoundWords[needs.over]}.`] : [])]
}

export interface ApprovalToAsk {
  readonly verdict: SignedVerdict
  readonly note: DispatchNote
  readonly sender: RosteredPerson
  readonly names: Names
}

export function describeApprovalRequest({ verdict, note, sender, names }: ApprovalToAsk): readonly string[] {
  const files = note.files.length - 1
  const listed = verdict.document.files.filter(({ id }) => id !== manifestFileId)
  const bytes = listed.reduce((sum, { size }) => sum + (size ?? 0), 0)
  const records = note.records === undefined ? '' : `, ${note.records} records`
  const to = note.recipients.map((recipient) => names.recipient(recipient) ?? recipient.kind).join(', ')
  return [
    `${sender.name} sends ${files === 1 ? '1 file' : `${files} files`}, ${bytes} bytes${records}, to ${to}.`,
    `${note.purpose}: ${note.items.join(', ')}. ${note.marking}.`,
    ...describeAsked(verdict.needs),
  ]
}

/** As the scan authority signed it. */
export interface SignedVerdict {
  readonly verdict: Verdict
  readonly finding: string | null
  readonly document: Pick<VerdictDocument, 'files'>
  readonly needs: ReleaseNeeds
}

/** Whether it was scanned, and who answered for it where two people were asked. */
export function describeScan(signed: SignedVerdict, approval: SignedApproval | null) {
  const { verdict, finding } = signed
  const why = finding === null ? null : unscannableWords(finding)
  const unscanned = [notScannedWords, ...(why === null ? [] : [`The scanner says: ${why}.`])]
  const scan =
    verdict === 'clean'
      ? { value: 'clean', text: describeUnrecognised(signed) }
      : { value: 'not scanned', text: unscanned }
  if (approval === null) return scan
  const { approver, what, reason } = approval
  const who = approver.email === undefined ? approver.name : `${approver.name} <${approver.email}>`
  const said = `${approvalAnswerWords[what]} ${who}: ${reason}`
  return { ...scan, text: [...scan.text, said] }
}

/** What the scanner could not tell, of what it found nothing in. */
export function describeUnrecognised({ verdict, document }: SignedVerdict): readonly string[] {
  if (verdict !== 'clean') return []
  const unknown = document.files.filter(({ id, typeSeen }) => id !== manifestFileId && typeSeen === null)
  const said = unrecognisedWords(unknown.length)
  return said === null ? [] : [said]
}
