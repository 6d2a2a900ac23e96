// Files that another program encrypted, for keys that their draft gave: counted and measured now, once
// (ARCHITECTURE.md#encrypted-elsewhere). The agreement is asked again, because at the draft there was nothing to
// measure. Sizes are the client's word until the scan.
import { decideTransfer, type PolicyFacts } from '../agreements/decide-transfer.ts'
import type { PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { Instant, TransferId } from '../values.ts'
import type { NewTransferFile } from './changes.ts'
import { approvalOfDraft, type Drafted } from './decide-draft.ts'
import { mostFilesMadeElsewhere } from './bounds.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import { expectedReaders, policyRequestOf } from './policy.ts'
import { awaitsFiles, type TransferFacts } from './transfer.ts'

export interface DeclaredFiles {
  readonly transfer: TransferId
  readonly fileBytes: readonly number[]
  /** The manifest last. */
  readonly files: readonly NewTransferFile[]
}

export interface DeclareFacts {
  readonly caller: PersonCaller
  readonly found: TransferFacts | undefined
  readonly policy: PolicyFacts | null
}

export function decideDeclareFiles(
  { caller, found, policy }: DeclareFacts,
  declared: DeclaredFiles,
  at: Instant,
): Decision<Pick<Drafted, 'transfer' | 'files'>> {
  const event = 'transfer.files-declared'
  if (found?.transfer.sender !== caller.actor.account || policy === null) {
    return refuseStranger({ event, caller, transfer: declared.transfer })
  }
  const { transfer } = found
  if (!awaitsFiles(found)) {
    return refuseParty({ event, transfer, refusal: { code: 'TRANSFER_STATE', detail: { state: transfer.state } } })
  }
  const { files } = declared
  const fileBytes = declared.fileBytes.map((size, index) => Math.max(size, leastInside(files[index]?.length ?? 0)))
  const permission = decideTransfer(policy, { ...policyRequestOf(transfer), fileBytes }, at)
  if (!permission.permitted) return refuseParty({ event, transfer, refusal: permission.refusal })
  const most = mostFilesMadeElsewhere(expectedReaders(policy).length)
  if (declared.fileBytes.length > most) {
    const detail = { files: declared.fileBytes.length, most }
    return refuseParty({ event, transfer, refusal: { code: 'TOO_MANY_FILES', detail } })
  }
  const approvalFor = approvalOfDraft(policy.agreement, { ...transfer, fileBytes })
  return {
    next: { transfer: transfer.id, files: files.map(({ id, length }) => ({ id, length })) },
    changes: [{ kind: 'transfers.declare-files', transfer: transfer.id, files, approvalFor }],
    event: { event, ...inAgreement(transfer), detail: { files: files.length } },
    jobs: [],
  }
}

/**
 * What a body of this length must hold, if it holds a file: programs add packets, lengths and at most an eighth of padding.
 * Or the service would store whatever somebody says is the body of a small file.
 */
function leastInside(length: number): number {
  return Math.floor(((length - 65_536) * 8) / 9)
}
