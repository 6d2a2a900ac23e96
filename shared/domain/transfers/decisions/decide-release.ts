// Release (ARCHITECTURE.md#release): only judged, only sealed, and only while the agreement still permits it. What is
// over the flow's threshold is held for an approver, and so is what could not be scanned where the flow says so;
// everything else that is not clean is rejected, and so is what an approver sends back or the agreement no longer
// permits. The scan certificate's wrapped key goes in each case.
import type { Flow } from '../../agreements/agreement.ts'
import { amountOf } from '../../policy/approval-over.ts'
import { decideTransfer } from '../../policy/decide-transfer.ts'
import { type AgreementFacts, isCaseworker } from '../../policy/facts.ts'
import type { Job } from '../../decision.ts'
import { addSeconds } from '../../time.ts'
import { type AccountId, type Instant, manifestFileId } from '../../values.ts'
import { jobsAtEnd } from './decide-end.ts'
import type { Decision, MailTemplate, TransferChange } from '../changes.ts'
import type { Recipient } from '../../policy/recipient.ts'
import { inAgreement, inState, refuseParty } from '../entries.ts'
import { policyRequestOf } from '../policy-request.ts'
import type { SeenFileType } from '../../file-types.ts'
import { answersTo, type ReleaseNeeds, releaseNeeds } from '../release-needs.ts'
import { mayFollow } from '../states.ts'
import {
  type ApprovalReason,
  type Approved,
  afterPause,
  isOfficersHold,
  sealed,
  type Transfer,
  type TransferFacts,
  verdictOf,
} from '../transfer.ts'

export interface ReleaseFacts {
  readonly found: TransferFacts
  readonly agreementFacts: AgreementFacts
  /** Recipients to whom nothing was ever released under this agreement. */
  readonly newcomers: readonly Recipient[]
  /** Approvers of the sending organisation, by its current roster. */
  readonly approvers: readonly AccountId[]
}

export type Released = { readonly state: 'released' | 'rejected' | 'awaiting-approval' | 'scanning' }

export function decideRelease(
  { found, agreementFacts, approvers, newcomers }: ReleaseFacts,
  at: Instant,
): Decision<Released> {
  const { transfer } = found
  const verdict = verdictOf(found)
  if (!mayFollow(transfer.state, 'released') || transfer.note === null || verdict === null || !sealed(found)) {
    return refuseParty({ event: 'transfer.released', transfer, refusal: inState(transfer) })
  }
  if (isOfficersHold(transfer.held))
    return refuseParty({ event: 'transfer.released', transfer, refusal: { code: 'INCIDENT_HOLD' } })
  const declared = agreementFacts.agreement.flows.find(({ code }) => code === transfer.flow)
  const needed = needsOf(found, declared)
  if (needed.needs === 'never') return reject(found, { reason: needed.because, at })
  // Nobody could collect it: a client asks for a verdict that is signed, on this very note.
  if (found.signedVerdict?.note !== transfer.note.hash) return reject(found, { reason: 'verdict not signed', at })
  const fileTypes = fileTypesOf(found)
  const permission = decideTransfer(agreementFacts, { ...policyRequestOf(found, at), fileTypes }, at)
  if (!permission.permitted) return reject(found, { reason: permission.refusal.code, at })
  if (found.approval?.what === 'send-back') return reject(found, { reason: 'sent back', at })
  const reason = needed.needs === 'approval' ? needed.reason : null
  if (reason && !isAnswered(found.approval, reason)) return hold(found, { reason, approvers, at })
  const notBefore = releaseNotBefore(found, { minutes: declared?.firstReleaseMinutes, newcomers })
  if (notBefore !== null && notBefore > at) return delay(found, notBefore)
  return {
    next: { state: 'released' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      ...(transfer.held
        ? [
            {
              kind: 'transfers.resume',
              transfer: transfer.id,
              expiresAt: afterPause(transfer, at),
              at,
              by: null,
            } as const,
          ]
        : []),
      { kind: 'transfers.enter', transfer: transfer.id, state: 'released', at },
    ],
    event: {
      event: 'transfer.released',
      ...inAgreement(transfer),
      detail: { note: transfer.note.hash, scan: verdict === 'clean' ? 'clean' : 'not scanned' },
    },
    jobs: [
      ...found.readers
        .filter(({ account }) => account !== transfer.sender)
        .map(({ account }) => mail({ template: 'transfer-waiting', account, transfer })),
      ...withoutKey(found, agreementFacts).map((account) => mail({ template: 'transfer-left-out', account, transfer })),
    ],
  }
}

/** Caseworkers whom it is for, and whose key it was not wrapped for. */
function withoutKey({ readers }: TransferFacts, { recipients }: AgreementFacts): readonly AccountId[] {
  const known = new Set(readers.map(({ account }) => account))
  const members = recipients.flatMap((one) => one.members).filter(isCaseworker)
  return [...new Set(members.map(({ account }) => account))].filter((account) => !known.has(account))
}

/**
 * The threshold is asked again, and what the draft said of it stands. Types, and a flow that is gone, are refused by the
 * policy.
 */
function needsOf(found: TransferFacts, flow: Flow | undefined): ReleaseNeeds {
  const { records, approvalFor: over } = found.transfer
  const fileBytes = found.files.filter(({ id }) => id !== manifestFileId).map(({ size }) => size ?? 0)
  const amount = amountOf({ records, fileBytes })
  const needed = releaseNeeds(flow ?? { malwareAssurance: 'SCANNED_THEN_SEALED' }, { ...found, amount, fileTypes: [] })
  return needed.needs === 'nobody' && over !== null ? { needs: 'approval', reason: 'over-threshold', over } : needed
}

function isAnswered(approval: Approved | null, reason: ApprovalReason): boolean {
  return approval !== null && answersTo[reason].includes(approval.what)
}

/** What goes to somebody for the first time waits since its hand-over: its sender can still undo it. */
function releaseNotBefore(
  { transfer }: TransferFacts,
  { minutes, newcomers }: { readonly minutes: number | undefined; readonly newcomers: readonly Recipient[] },
): Instant | null {
  if (transfer.releaseNotBefore !== null) return transfer.releaseNotBefore
  if (minutes === undefined || newcomers.length === 0 || transfer.dispatchedAt === null) return null
  return addSeconds(transfer.dispatchedAt, minutes * 60)
}

function delay({ transfer }: TransferFacts, until: Instant): Decision<Released> {
  if (transfer.releaseNotBefore !== null) {
    return refuseParty({ event: 'transfer.released', transfer, refusal: inState(transfer) })
  }
  return {
    next: { state: transfer.state === 'awaiting-approval' ? transfer.state : 'scanning' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      { kind: 'transfers.delay-release', transfer: transfer.id, until },
    ],
    event: { event: 'transfer.release.delayed', ...inAgreement(transfer), detail: { until } },
    jobs: [mail({ template: 'release-delayed', account: transfer.sender, transfer })],
  }
}

function hold(
  { transfer }: TransferFacts,
  {
    reason,
    approvers,
    at,
  }: { readonly reason: ApprovalReason; readonly approvers: readonly AccountId[]; readonly at: Instant },
): Decision<Released> {
  if (transfer.held) {
    return refuseParty({ event: 'transfer.released', transfer, refusal: inState(transfer) })
  }
  const told = [transfer.sender, ...approvers.filter((account) => account !== transfer.sender)]
  return {
    next: { state: 'awaiting-approval' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      { kind: 'transfers.hold', transfer: transfer.id, reason, at, by: null },
      { kind: 'transfers.enter', transfer: transfer.id, state: 'awaiting-approval', at },
    ],
    event: { event: 'transfer.held', ...inAgreement(transfer), detail: { reason } },
    jobs: told.map((account) =>
      mail({ template: reason === 'unscannable' ? 'transfer-held' : 'approval-asked', account, transfer }),
    ),
  }
}

/** The sender did not wrap again in time: nothing was scanned, so nothing is released. */
export function decideGiveUpWaiting(found: TransferFacts, at: Instant): Decision<Released> {
  const { transfer } = found
  if (!isOverdue(found, at)) {
    return refuseParty({ event: 'transfer.rejected', transfer, refusal: inState(transfer) })
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
        template: templateOf(reason),
        account: transfer.sender,
        transfer,
      }),
    ],
  }
}

/** The scanner's word, which is the last: whoever sent it may not have asked, or have lied. */
function fileTypesOf({ files, verdicts }: TransferFacts): readonly SeenFileType[] {
  const listed = files.filter(({ id }) => id !== manifestFileId)
  return listed.flatMap(({ id }) => {
    const types = verdicts.find(({ file }) => file === id)?.fileTypes ?? []
    return types.length === 0 ? ['other'] : types
  })
}

function templateOf(reason: string): MailTemplate {
  if (reason === 'FILE_TYPE') return 'transfer-other-types'
  if (reason === 'sent back') return 'transfer-sent-back'
  return reason === 'infected' || reason === 'unscannable' ? 'transfer-rejected' : 'transfer-not-released'
}

function mail(to: { readonly template: MailTemplate; readonly account: AccountId; readonly transfer: Transfer }): Job {
  return { name: 'send-mail', data: { template: to.template, account: to.account, transfer: to.transfer.id } }
}
