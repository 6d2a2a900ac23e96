// Release (DESIGN 4.6 iii): only judged, only sealed, and only while the agreement still permits it. What is not clean
// is rejected; the scan certificate's wrapped key goes in both cases.
import { decideTransfer, type PolicyFacts } from '../agreements/decide-transfer.ts'
import type { Decision, Job } from '../decision.ts'
import type { AccountId, Instant } from '../values.ts'
import { inAgreement, refuseParty } from './entries.ts'
import { policyRequestOf } from './policy.ts'
import { mayFollow } from './states.ts'
import { sealed, type Transfer, type TransferFacts, verdictOf } from './transfer.ts'

export function decideRelease(
  facts: { readonly found: TransferFacts; readonly policy: PolicyFacts },
  at: Instant,
): Decision<{ readonly state: 'released' | 'rejected' }> {
  const { found, policy } = facts
  const { transfer } = found
  const verdict = verdictOf(found)
  if (!mayFollow(transfer.state, 'released') || transfer.note === null || verdict === null || !sealed(found)) {
    const refusal = { code: 'TRANSFER_STATE', detail: { state: transfer.state } } as const
    return refuseParty({ event: 'transfer.released', transfer, refusal })
  }
  if (verdict !== 'clean') return reject(transfer, verdict, at)
  const permission = decideTransfer(policy, policyRequestOf(transfer), at)
  if (!permission.permitted) {
    return refuseParty({ event: 'transfer.released', transfer, refusal: permission.refusal })
  }
  return {
    next: { state: 'released' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      { kind: 'transfers.enter', transfer: transfer.id, state: 'released', at },
    ],
    event: { event: 'transfer.released', ...inAgreement(transfer), detail: { note: transfer.note.hash } },
    jobs: found.readers
      .filter(({ account }) => account !== transfer.sender)
      .map(({ account }) => mail({ template: 'transfer-waiting', account, transfer })),
  }
}

function reject(
  transfer: Transfer,
  verdict: 'infected' | 'unscannable',
  at: Instant,
): Decision<{ readonly state: 'rejected' }> {
  return {
    next: { state: 'rejected' },
    changes: [
      { kind: 'transfers.drop-scan-pkesk', transfer: transfer.id },
      { kind: 'transfers.enter', transfer: transfer.id, state: 'rejected', at },
    ],
    event: { event: 'transfer.rejected', ...inAgreement(transfer), detail: { verdict } },
    jobs: [mail({ template: 'transfer-rejected', account: transfer.sender, transfer })],
  }
}

function mail(to: { readonly template: string; readonly account: AccountId; readonly transfer: Transfer }): Job {
  return { name: 'send-mail', data: { template: to.template, account: to.account, transfer: to.transfer.id } }
}
