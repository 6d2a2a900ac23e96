// Turns what the store knows of a transfer into what the contract promises.
import { encodeSigned } from '#contract/documents.ts'
import { type ListReply, type TransferSummary, type TransferView, writePlace } from '#contract/transfers/view.ts'
import type { Viewed } from '#domain/transfers/decisions/decide-read.ts'
import { type ListedPage, type ListedTransfer, verdictOf } from '#domain/transfers/transfer.ts'

function presentSummary({ transfer, deliveries }: ListedTransfer): TransferSummary {
  return {
    transfer: transfer.id,
    agreement: transfer.agreement,
    flow: transfer.flow,
    purpose: transfer.purpose,
    marking: transfer.marking,
    sender: { account: transfer.sender, organisation: transfer.senderOrganisation },
    state: transfer.state,
    createdAt: transfer.createdAt,
    expiresAt: transfer.expiresAt,
    dispatchedAt: transfer.dispatchedAt,
    releasedAt: transfer.releasedAt,
    caseReference: transfer.caseReference,
    deliveries: [...deliveries],
  }
}

export function presentList({ transfers, last, more }: ListedPage): ListReply {
  return { transfers: transfers.map(presentSummary), next: last && writePlace(last), more }
}

export function presentView({
  found,
  ownKeys,
  addenda,
  receipts,
  signedVerdict,
  recall,
  statements,
  destroyed,
  keptUntil,
  hold,
  permitted,
}: Viewed): TransferView {
  const { transfer, files, verdicts, approval } = found
  return {
    ...presentSummary(found),
    items: [...transfer.items],
    handlingInstruction: transfer.handlingInstruction,
    files: files.map(({ id, length, bodyDigest }) => {
      const { typeSeen = null, fileTypes = [] } = verdicts.find(({ file }) => file === id) ?? {}
      return { id, length, bodyDigest, typeSeen, fileTypes: [...fileTypes] }
    }),
    verdict: verdictOf(found),
    finding: verdicts.find(({ finding }) => finding !== null)?.finding ?? null,
    signedVerdict: signedVerdict && {
      document: encodeSigned(signedVerdict.signed),
      authority: signedVerdict.authorityBytes.toBase64(),
    },
    held: transfer.held && {
      reason: transfer.held.reason,
      at: hold?.at ?? transfer.held.at,
      by: hold?.by ?? null,
      organisation: hold?.organisation ?? null,
      words: hold?.words ?? null,
    },
    records: transfer.records,
    approvalFor: transfer.approvalFor,
    approval: approval && encodeSigned(approval.signed),
    ownKeys: ownKeys.map(({ keySet, bytes }) => ({ keySet, pkesk: bytes.toBase64() })),
    note: transfer.note && encodeSigned(transfer.note.signed),
    addenda: addenda.map(encodeSigned),
    receipts: receipts.map(encodeSigned),
    ended: transfer.ended,
    recall: recall && { ...recall, destructions: [...recall.destructions] },
    destructionStatements: statements.map(encodeSigned),
    destroyed: destroyed && { at: destroyed.at, certificate: destroyed.hash },
    releaseNotBefore: transfer.releaseNotBefore,
    keptUntil,
    permitted: [...permitted],
  }
}
