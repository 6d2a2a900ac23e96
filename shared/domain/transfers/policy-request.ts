// Asks the agreement again about a transfer that was permitted before: at dispatch, and when it is released
// (ARCHITECTURE.md#the-policy).
import type { PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import { type AgreementAsItStands, refuseByAgreement } from '../policy/agreement-standing.ts'
import { isCaseworker, type AgreementFacts, type TransferRequest } from '../policy/facts.ts'
import { addSeconds, clockSkewSeconds } from '../time.ts'
import type { AccountId, Instant } from '../values.ts'
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

/**
 * Of whom a note that wraps for these owes a key: of all, but for members of a team whose keys have ended and whom it leaves
 * out. Null: some recipient is left with nobody.
 */
export function dueReaders(
  facts: AgreementFacts,
  { wrapped, at }: { readonly wrapped: readonly Reader[]; readonly at: Instant },
): readonly Reader[] | null {
  const has = ({ account, encryptionSubkey }: Reader) =>
    wrapped.some((one) => one.account === account && one.encryptionSubkey === encryptionSubkey)
  if (!facts.recipients.every(({ members }) => members.some(has))) return null
  const optional = mayBeLeftOut(facts, at)
  return expectedReaders(facts).filter((one) => !optional.has(one.account) || has(one))
}

/** Whose key has ended, or ends while clocks differ, and who stands behind a team alone. Whoever is meant by name is not. */
function mayBeLeftOut({ sender, recipients }: AgreementFacts, at: Instant): ReadonlySet<AccountId> {
  const byName = recipients.filter(({ recipient }) => recipient.kind === 'person').flatMap(({ members }) => members)
  const meant = new Set([...(sender ? [sender] : []), ...byName].map(({ account }) => account))
  const until = addSeconds(at, clockSkewSeconds)
  const ended = recipients
    .flatMap(({ members }) => members)
    .filter(({ account, keyExpiresAt }) => !meant.has(account) && keyExpiresAt !== null && keyExpiresAt <= until)
  return new Set(ended.map(({ account }) => account))
}

/** Everyone who may get a wrapped key, and must unless they may be left out: the sender, and each rostered caseworker behind a recipient; by account. */
export function expectedReaders({ sender, recipients }: AgreementFacts): readonly Reader[] {
  const caseworkers = recipients.flatMap(({ members }) => members).filter(isCaseworker)
  const everyone = [...(sender ? [sender] : []), ...caseworkers]
  const byAccount = new Map(everyone.map(({ account, encryptionSubkey }) => [account, { account, encryptionSubkey }]))
  return [...byAccount.values()].toSorted((one, other) => (one.account < other.account ? -1 : 1))
}
