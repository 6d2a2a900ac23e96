// Asks the agreement again about a transfer that was permitted before: at dispatch, and when it is released
// (ARCHITECTURE.md#the-policy).
import { isCaseworker, type AgreementFacts, type TransferRequest } from '../policy/facts.ts'
import type { Transfer, Reader } from './transfer.ts'

/** Files were counted and measured at the draft, and their lengths cannot change since. */
export function policyRequestOf(transfer: Transfer): TransferRequest {
  return {
    flow: transfer.flow,
    purpose: transfer.purpose,
    items: transfer.items,
    marking: transfer.marking,
    handlingInstruction: transfer.handlingInstruction,
    fileBytes: [],
    ...(transfer.records !== null && { records: transfer.records }),
    draftedAt: transfer.createdAt,
    expires: transfer.expiresAt,
    caseReference: transfer.caseReference,
  }
}

/** Everyone who must get a wrapped key: the sender, and each rostered caseworker behind a recipient; by account. */
export function expectedReaders({ sender, recipients }: AgreementFacts): readonly Reader[] {
  const caseworkers = recipients.flatMap(({ members }) => members).filter(isCaseworker)
  const everyone = [...(sender ? [sender] : []), ...caseworkers]
  const byAccount = new Map(everyone.map(({ account, encryptionSubkey }) => [account, { account, encryptionSubkey }]))
  return [...byAccount.values()].toSorted((one, other) => (one.account < other.account ? -1 : 1))
}
