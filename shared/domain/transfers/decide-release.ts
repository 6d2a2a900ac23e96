// Release (DESIGN 4.6 iii): only judged, only sealed, and only while the agreement still permits it. What could not be
// scanned is held for an approver where the flow says so; everything else that is not clean is rejected, and so is what
// the agreement no longer permits. The scan certificate's wrapped key goes in each case.
import { decideTransfer, type PolicyFacts } from '../agreements/decide-transfer.ts'
import type { Decision, Job } from '../decision.ts'
import { addSeconds } from '../time.ts'
import type { AccountId, Instant } from '../values.ts'
import { afterPause } from './decide-hold.ts'
import { jobsAtEnd } from './decide-end.ts'
import type { MailTemplate, TransferChange } from './changes.ts'
import { inAgreement, refuseParty } from './entries.ts'
import { policyRequestOf } from './policy.ts'
import { mayFollow } from './states.ts'
import {
  couldNotBeLookedInto,
  isOfficersHold,
  pausedSeconds,
  sealed,
  type Transfer,
  type TransferFacts,
  verdictOf,
} from './transfer.ts'

export interface ReleaseFacts {
  readonly found: TransferFacts
  readonly policy: PolicyFacts
  /** Approvers of the sending organisation, by its current roster. */
  readonly approvers: readonly AccountId[]
}

export type Released = { readonly state: 'released' | 'rejected' | 'awaiting-approval' }

export function decideRelease({ found, policy, approvers }: ReleaseFacts, at: Instant): Decision<Released> {
  const { transfer } = found
  const verdict = verdictOf(found)
  if (!mayFollow(transfer.state, 'released') || transfer.note === null || verdict === null || !sealed(found)) {
    const refusal = { code: 'TRANSFER_STATE', detail: { state: transfer.state } } as const
    return refuseParty({ event: 'transfer.released', transfer, refusal })
  }
  if (isOfficersHold(transfer.held))
    return refuseParty({ event: 'transfer.released', transfer, refusal: { code: 'INCIDENT_HOLD' } })
  if (verdict === 'infected') return reject(found, { reason: verdict, at })
  const declared = policy.agreement.flows.find(({ code }) => code === transfer.flow)
  const mayGoUnscanned = declared?.malwareAssurance === 'SENDER_DECLARED' && couldNotBeLookedInto(found)
  if (verdict === 'unscannable' && !mayGoUnscanned) return reject(found, { reason: verdict, at })
  const over = pausedUntil(found, at)
  const permission = decideTransfer(policy, { ...policyRequestOf(transfer), ...over }, at)
  if (!permission.permitted) return reject(found, { reason: permission.refusal.code, at })
  if (verdict === 'unscannable' && found.approval === null) return hold(found, { approvers, at })
  return {
    next: { state: 'released' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      ...(transfer.held
        ? [{ kind: 'transfers.resume', transfer: transfer.id, expiresAt: over.expires, at, by: null } as const]
        : []),
      { kind: 'transfers.enter', transfer: transfer.id, state: 'released', at },
    ],
    event: {
      event: 'transfer.released',
      ...inAgreement(transfer),
      detail: { note: transfer.note.hash, scan: verdict === 'clean' ? 'clean' : 'not scanned' },
    },
    jobs: found.readers
      .filter(({ account }) => account !== transfer.sender)
      .map(({ account }) => mail({ template: 'transfer-waiting', account, transfer })),
  }
}

/** A hold stops the clock: the agreement's longest life and the expiry both go on where they were. */
function pausedUntil({ transfer, pauses }: TransferFacts, at: Instant) {
  const { createdAt } = transfer
  const draftedAt = addSeconds(createdAt, pausedSeconds(pauses, { since: createdAt, at }))
  return { draftedAt, expires: afterPause(transfer, at) }
}

function hold(
  { transfer }: TransferFacts,
  { approvers, at }: { readonly approvers: readonly AccountId[]; readonly at: Instant },
): Decision<Released> {
  if (transfer.held) {
    const refusal = { code: 'TRANSFER_STATE', detail: { state: transfer.state } } as const
    return refuseParty({ event: 'transfer.released', transfer, refusal })
  }
  const told = [transfer.sender, ...approvers.filter((account) => account !== transfer.sender)]
  return {
    next: { state: 'awaiting-approval' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      { kind: 'transfers.hold', transfer: transfer.id, reason: 'unscannable', at, by: null },
      { kind: 'transfers.enter', transfer: transfer.id, state: 'awaiting-approval', at },
    ],
    event: { event: 'transfer.held', ...inAgreement(transfer), detail: { reason: 'unscannable' } },
    jobs: told.map((account) => mail({ template: 'transfer-held', account, transfer })),
  }
}

/** The sender did not wrap again in time (DESIGN 4.6): nothing was scanned, so nothing is released. */
export function decideGiveUpWaiting(found: TransferFacts, at: Instant): Decision<Released> {
  const { transfer } = found
  if (!isOverdue(found, at)) {
    const refusal = { code: 'TRANSFER_STATE', detail: { state: transfer.state } } as const
    return refuseParty({ event: 'transfer.rejected', transfer, refusal })
  }
  return reject(found, { reason: 'deadline', at })
}

/** So long a sender may take to wrap again. */
export const senderDeadlineSeconds = 24 * 60 * 60

export function isOverdue({ transfer, scanCertificates }: TransferFacts, at: Instant): boolean {
  const lost = scanCertificates.flatMap(({ lostAt }) => lostAt ?? []).toSorted()
  const last = lost.at(-1)
  return transfer.state === 'waiting-for-sender' && last !== undefined && addSeconds(last, senderDeadlineSeconds) <= at
}

function reject(
  found: TransferFacts,
  { reason, at }: { readonly reason: string; readonly at: Instant },
): Decision<Released> {
  const { transfer } = found
  const bySoftware = reason === 'infected' || reason === 'unscannable'
  const changes: TransferChange[] = [
    { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
    { kind: 'transfers.enter', transfer: transfer.id, state: 'rejected', at },
  ]
  return {
    next: { state: 'rejected' },
    changes,
    event: { event: 'transfer.rejected', ...inAgreement(transfer), detail: { reason } },
    jobs: [
      ...jobsAtEnd(found),
      mail({
        template: bySoftware ? 'transfer-rejected' : 'transfer-not-released',
        account: transfer.sender,
        transfer,
      }),
    ],
  }
}

function mail(to: { readonly template: MailTemplate; readonly account: AccountId; readonly transfer: Transfer }): Job {
  return { name: 'send-mail', data: { template: to.template, account: to.account, transfer: to.transfer.id } }
}
