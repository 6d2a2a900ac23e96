// What a transfer needs before anybody may collect it, from what is signed alone: the flow of the agreement, the note and the
// verdict. Asked by the housekeeper before it releases, by an approver's client before they sign, and by whoever collects,
// so that none of them takes another's word for it (ARCHITECTURE.md#approval).
import type { Flow } from '../agreements/agreement.ts'
import { type Amount, type ApprovalBound, approvalFor } from '../policy/approval-over.ts'
import { mayGoUnscanned } from '../scanning/scannable.ts'
import type { FileTypeCode, SeenFileType } from '../file-types.ts'
import type { ApprovalAnswer } from './documents/approval.ts'
import { type ApprovalReason, couldNotBeLookedInto, type FileVerdict, worst } from './transfer.ts'

export type ReleaseNeeds =
  /** No person beside its sender. */
  | { readonly needs: 'nobody' }
  | { readonly needs: 'approval'; readonly reason: ApprovalReason; readonly over: ApprovalBound | null }
  /** Nobody may let it go. */
  | { readonly needs: 'never'; readonly because: 'infected' | 'unscannable' }
  /** Not what the flow lists. */
  | { readonly needs: 'never'; readonly because: 'file-types'; readonly listed: readonly FileTypeCode[] }

export interface Judged {
  readonly verdicts: readonly Pick<FileVerdict, 'verdict' | 'finding'>[]
  readonly amount: Amount
  /** Of every file, and of each file in an archive. */
  readonly fileTypes: readonly SeenFileType[]
}

export function releaseNeeds(
  flow: Pick<Flow, 'malwareAssurance' | 'approvalOver' | 'fileTypes'>,
  { verdicts, amount, fileTypes }: Judged,
): ReleaseNeeds {
  const over = approvalFor(flow, amount)
  const verdict = worst(verdicts.map((one) => one.verdict))
  if (verdict === 'infected') return { needs: 'never', because: verdict }
  const waits = mayGoUnscanned(flow) && couldNotBeLookedInto({ verdicts })
  if (verdict === 'unscannable' && !waits) return { needs: 'never', because: verdict }
  const listed: readonly SeenFileType[] | undefined = flow.fileTypes
  if (flow.fileTypes && fileTypes.some((type) => !listed?.includes(type))) {
    return { needs: 'never', because: 'file-types', listed: flow.fileTypes }
  }
  if (verdict === 'unscannable') return { needs: 'approval', reason: 'unscannable', over }
  return over === null ? { needs: 'nobody' } : { needs: 'approval', reason: 'over-threshold', over }
}

/** What answers for it, first what is signed; who answers for what was not scanned answers for its size too. */
export const answersTo: Readonly<Record<ApprovalReason, readonly [ApprovalAnswer, ...ApprovalAnswer[]]>> = {
  unscannable: ['release-not-scanned'],
  'over-threshold': ['release-over-threshold', 'release-not-scanned'],
}
