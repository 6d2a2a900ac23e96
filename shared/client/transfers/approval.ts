// Approvals, from both ends: an approver signs that a transfer may go, or goes back to its sender, and whoever collects it
// sees who did, by the rosters of the sending party and not by the service's word (ARCHITECTURE.md#approval).
import type { SignedDocument } from '#contract/documents.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { encodeDocument, parseDocument } from '#domain/document.ts'
import { isSamePerson } from '#domain/identity/same-person.ts'
import { type ApprovalAnswer, approval } from '#domain/transfers/documents/approval.ts'
import type { Instant } from '#domain/values.ts'
import { type Claim, signAttestation, type Signing, verifyAttestation } from './attestation.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'
import type { VerifiedVerdict } from './verify-verdict.ts'

export interface Approving extends Signing {
  readonly verdict: Pick<VerifiedVerdict, 'hash'>
  readonly what: ApprovalAnswer
  readonly reason: string
}

/** Throws RefusedByServer, ServerUnreachable. */
export async function approveTransfer({ verdict, what, reason, ...signing }: Approving): Promise<SignedDocument> {
  const { transfer } = signing.note.note
  const signed = await signAttestation(signing, (about) =>
    encodeDocument(approval, { type: 'safehand.approval/2', ...about, verdict: verdict.hash, what, reason }),
  )
  await signing.api.call(approveOperations.approve, { params: { transfer }, body: { approval: signed } })
  return signed
}

export interface VerifiedApproval {
  readonly approver: VerifiedPerson
  readonly what: ApprovalAnswer
  readonly reason: string
  readonly at: Instant
}

export interface ApprovalClaim extends Claim {
  /** What they must have seen. */
  readonly verdict: Pick<VerifiedVerdict, 'hash'>
}

/** Throws TrustRefused TRUST_APPROVAL. */
export async function verifyApproval({ verdict, ...claim }: ApprovalClaim): Promise<VerifiedApproval> {
  const { agreement, note } = claim
  const { organisation } = note.note.sender
  const { value, signer } = await verifyAttestation(claim, {
    parse: (bytes) => parseDocument(approval, bytes),
    code: 'TRUST_APPROVAL',
    signerOf: ({ account, roster, at }) => {
      const approver = agreement.signerOf({ organisation, account, roster, at })
      return approver?.roles.includes('approver') && !isSamePerson(approver, note.sender) ? approver : undefined
    },
  })
  if (value.verdict !== verdict.hash) {
    throw new TrustRefused({ code: 'TRUST_APPROVAL', saw: `an approval of verdict ${value.verdict}` })
  }
  return { approver: signer, what: value.what, reason: value.reason, at: value.at }
}
