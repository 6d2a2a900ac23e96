// Approvals, from both ends: an approver signs that a transfer may go, or goes back to its sender, and whoever collects it
// sees who did, by the rosters of the sending party and not by the service's word (DESIGN 4.5).
import { decodeSigned, encodeSigned, type SignedDocument } from '#contract/documents.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { encodeDocument, parseDocument } from '#domain/document.ts'
import { isSamePerson } from '#domain/organisations/same-person.ts'
import { type ApprovalAnswer, approval } from '#domain/transfers/approval.ts'
import type { Instant } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import type { Api } from './api.ts'
import type { KeyHolder } from './key-holder.ts'
import { TrustRefused } from './trust-refused.ts'
import type { VerifiedAgreement } from './verify-agreement.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from './verify-organisation.ts'

export interface Approving {
  readonly api: Api
  readonly agreement: VerifiedAgreement
  readonly person: VerifiedPerson
  readonly key: KeyHolder
  readonly note: VerifiedNote
  readonly what: ApprovalAnswer
  readonly reason: string
  readonly now: () => Instant
}

/** Throws RefusedByServer, ServerUnreachable. */
export async function approveTransfer({
  api,
  agreement,
  person,
  key,
  note,
  what,
  reason,
  now,
}: Approving): Promise<SignedDocument> {
  const roster = agreement.rosterOf(agreement.own)
  if (!roster) throw new TypeError('a verified agreement has the own roster')
  const { transfer } = note.note
  const at = now()
  const bytes = encodeDocument(approval, {
    type: 'safehand.approval/1',
    origin: agreement.agreement.origin,
    transfer,
    note: note.hash,
    account: person.account,
    fingerprint: person.certificate,
    what,
    reason,
    at,
    roster,
  })
  const signed = encodeSigned({ bytes, signature: await key.sign({ bytes, at }) })
  await api.call(approveOperations.approve, { params: { transfer }, body: { approval: signed } })
  return signed
}

export interface VerifiedApproval {
  readonly approver: VerifiedPerson
  readonly what: ApprovalAnswer
  readonly reason: string
  readonly at: Instant
}

export interface ApprovalClaim {
  readonly agreement: VerifiedAgreement
  readonly note: VerifiedNote
  readonly document: SignedDocument
  readonly now: Instant
}

/** Throws TrustRefused TRUST_APPROVAL. */
export async function verifyApproval({ agreement, note, document, now }: ApprovalClaim): Promise<VerifiedApproval> {
  const signed = decodeSigned(document)
  const parsed = parseDocument(approval, signed.bytes)
  if (!parsed.ok) throw refuse(parsed.reason)
  const { value } = parsed
  const about = value.origin === agreement.agreement.origin && value.transfer === note.note.transfer
  if (!about || value.note !== note.hash) throw refuse(`an approval of transfer ${value.transfer}, note ${value.note}`)
  const { organisation } = note.note.sender
  const approver = agreement.signerOf({ organisation, account: value.account, roster: value.roster, at: value.at })
  const mayApprove = approver?.roles.includes('approver') && !isSamePerson(approver, note.sender)
  if (!approver || !mayApprove || approver.certificate !== value.fingerprint) throw refuse(`approver ${value.account}`)
  const found = await verifyDetached({ ...signed, certificate: approver.certificateBytes, at: now })
  if (!found.ok) throw refuse(`a signature that is ${found.reason}`)
  return { approver, what: value.what, reason: value.reason, at: value.at }
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_APPROVAL', saw })
}
