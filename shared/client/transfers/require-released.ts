// Whether what is signed lets a transfer be collected: the scanner's verdict, and where agreement, note and verdict together
// ask for a second person, that person's approval (ARCHITECTURE.md#verdict-document).
import { answersTo } from '#domain/transfers/release-needs.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedApproval } from './approval.ts'
import type { VerifiedVerdict } from './verify-verdict.ts'

export interface Released {
  readonly verdict: VerifiedVerdict
  /** Of who let it go, where somebody was asked to. */
  readonly approval: VerifiedApproval | null
}

/** Throws TrustRefused TRUST_VERDICT. */
export function requireVerdict(verdict: VerifiedVerdict | null): VerifiedVerdict {
  if (verdict === null) throw refuse('no signed verdict')
  return verdict
}

/** Whether what is signed lets it be collected. Throws TrustRefused TRUST_VERDICT, TRUST_APPROVAL. */
export function requireReleasable(verdict: VerifiedVerdict, approval: VerifiedApproval | null): Released {
  const { needs } = verdict
  if (needs.needs === 'never') throw refuse(`files that are ${needs.because}`)
  if (approval?.what === 'send-back') throw refuseApproval('an answer that sends it back')
  if (needs.needs === 'approval') {
    if (approval === null) throw refuseApproval(`no approval of what is ${needs.reason}`)
    if (!answersTo[needs.reason].includes(approval.what)) throw refuseApproval(`${approval.what}, for ${needs.reason}`)
  }
  return { verdict, approval }
}

const refuse = (saw: string) => new TrustRefused({ code: 'TRUST_VERDICT', saw })
const refuseApproval = (saw: string) => new TrustRefused({ code: 'TRUST_APPROVAL', saw })
