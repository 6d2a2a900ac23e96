// Files that another program encrypted, for keys that their draft gave: counted and measured now, once
// (ARCHITECTURE.md#encrypted-elsewhere). The agreement is asked again, because at the draft there was nothing to
// measure. Sizes are the client's word until the scan.
import { decideTransfer } from '../../policy/decide-transfer.ts'
import type { AgreementFacts } from '../../policy/facts.ts'
import type { SeenFileType } from '../../file-types.ts'
import type { TransferId } from '../../values.ts'
import { type ActFacts, transferAct } from './act.ts'
import type { NewTransferFile } from '../changes.ts'
import { approvalOfDraft, type Drafted } from './decide-draft.ts'
import { mostFilesMadeElsewhere } from '../../policy/bounds.ts'
import { inState } from '../entries.ts'
import { type AgreementAsked, expectedReaders, policyRequestOf, refuseByItsAgreement } from '../policy-request.ts'
import { awaitsFiles } from '../transfer.ts'

export interface DeclaredFiles {
  readonly transfer: TransferId
  readonly fileBytes: readonly number[]
  readonly fileTypes: readonly (SeenFileType | null)[]
  /** The manifest last. */
  readonly files: readonly NewTransferFile[]
}

export interface DeclareFacts extends ActFacts {
  readonly agreementFacts: AgreementFacts | null
}

export const decideDeclareFiles = transferAct<
  'transfer.files.declared',
  DeclareFacts,
  DeclaredFiles,
  Pick<Drafted, 'transfer' | 'files'>,
  ActFacts & AgreementAsked
>({
  event: 'transfer.files.declared',
  knownTo: ({ caller, found }) => found.transfer.sender === caller.actor.account,
  refuses: (standing, at) =>
    awaitsFiles(standing.found) ? refuseByItsAgreement(standing, at) : inState(standing.found.transfer),
  act({ found, agreementFacts }, { files, ...declared }, at) {
    const { transfer } = found
    if (agreementFacts === null) return { code: 'NOT_FOUND' }
    const { fileTypes } = declared
    const fileBytes = declared.fileBytes.map((size, index) => Math.max(size, leastInside(files[index]?.length ?? 0)))
    const permission = decideTransfer(agreementFacts, { ...policyRequestOf(found, at), fileBytes, fileTypes }, at)
    if (!permission.permitted) return permission.refusal
    const most = mostFilesMadeElsewhere(expectedReaders(agreementFacts).length)
    if (declared.fileBytes.length > most) {
      return { code: 'TOO_MANY_FILES', detail: { files: declared.fileBytes.length, most } }
    }
    const approvalFor = approvalOfDraft(agreementFacts.agreement, { ...transfer, fileBytes })
    return {
      next: { transfer: transfer.id, files: files.map(({ id, length }) => ({ id, length })) },
      changes: [{ kind: 'transfers.declare-files', transfer: transfer.id, files, approvalFor }],
      detail: { files: files.length },
    }
  },
})

/**
 * What a body of this length must hold, if it holds a file: programs add packets, lengths and at most an eighth of padding.
 * Or the service would store whatever somebody says is the body of a small file.
 */
function leastInside(length: number): number {
  return Math.floor(((length - 65_536) * 8) / 9)
}
