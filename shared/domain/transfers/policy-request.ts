// Asks the agreement again about a transfer that was permitted before: at dispatch, and when it is released
// (ARCHITECTURE.md#the-policy).
import type { PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import { type AgreementAsItStands, refuseByAgreement } from '../policy/agreement-standing.ts'
import { isCaseworker, type AgreementFacts, type TransferRequest } from '../policy/facts.ts'
import type { Instant } from '../values.ts'
import { afterPause, pausedSeconds, type Reader, type TransferFacts } from './transfer.ts'

/** Who would give something out by a transfer's agreement, and where that stands. */
export interface AgreementAsked {
  readonly caller: PersonCaller
  /** Null: there is no transfer. */
  readonly agreementFacts: AgreementAsItStands | null
}

/**
 * Whatever is given: nothing more goes out by an agreement that has ended or waits for its review, by who is no caseworker, or
 * of a transfer past its time.
 */
export function refuseByItsAgreement(
  { caller, agreementFacts, found: { transfer } }: AgreementAsked & { readonly found: Pick<TransferFacts, 'transfer'> },
  at: Instant,
): Refusal | null {
  if (agreementFacts === null) return { code: 'NOT_FOUND' }
  const refusal = refuseByAgreement(agreementFacts, at)
  if (refusal) return refusal
  if (!isCaseworker(caller.actor)) return { code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } }
  const { expiresAt } = transfer
  return expiresAt <= at ? { code: 'TRANSFER_EXPIRED', detail: { on: expiresAt } } : null
}

/**
 * Files were counted and measured at the draft, and their lengths cannot change since. A hold stops the clock: the
 * agreement's longest life and the expiry both go on where they were.
 */
export function policyRequestOf(
  { transfer, pauses }: Pick<TransferFacts, 'transfer' | 'pauses'>,
  at: Instant,
): TransferRequest {
  return {
    flow: transfer.flow,
    purpose: transfer.purpose,
    items: transfer.items,
    marking: transfer.marking,
    handlingInstruction: transfer.handlingInstruction,
    fileBytes: [],
    ...(transfer.records !== null && { records: transfer.records }),
    draftedAt: transfer.createdAt,
    expires: afterPause(transfer, at),
    pausedSeconds: pausedSeconds(pauses, { since: transfer.createdAt, at }),
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
