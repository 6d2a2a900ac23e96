// The one-use scan certificate of a transfer: asked for by the sender when every body is there, made by the scanner,
// lost when its private half is gone before a verdict (ARCHITECTURE.md#scan-certificate).
import type { Fingerprint, Instant, TransferId } from '../../values.ts'
import { type ActFacts, transferAct } from './act.ts'
import type { Decision, NewScanCertificate } from '../changes.ts'
import { inAgreement, inState, refuseParty } from '../entries.ts'
import { mayFollow } from '../states.ts'
import { liveScanCertificate, mayHaveScanCertificate, type TransferFacts } from '../transfer.ts'

/** Idempotent: while one is live no second is made, and asking twice before it is there makes one (decideAdd...). */
export const decideRequestScanCertificate = transferAct<
  'scan.certificate.requested',
  ActFacts,
  { readonly transfer: TransferId },
  { readonly ready: boolean }
>({
  event: 'scan.certificate.requested',
  knownTo: ({ caller, found }) => found.transfer.sender === caller.actor.account,
  refuses({ found }) {
    if (found.files.some(({ bodyDigest }) => bodyDigest === null)) return { code: 'UPLOAD_INCOMPLETE' }
    return mayHaveScanCertificate(found) ? null : inState(found.transfer)
  },
  act({ found }, { transfer }, at) {
    const ready = liveScanCertificate(found, at) !== undefined
    return { next: { ready }, detail: {}, jobs: ready ? [] : [{ name: 'make-scan-certificate', data: { transfer } }] }
  },
})

/** It did not arrive while the caller waited: said so, logged, and asked for again by the client. */
export function decideScanNotReady(found: TransferFacts): Decision<never> {
  const refusal = { code: 'SCAN_NOT_READY', detail: { retryAfter: scanRetrySeconds } } as const
  return refuseParty({ event: 'scan.certificate.requested', transfer: found.transfer, refusal })
}

/** When a client may ask again. */
const scanRetrySeconds = 5

/** The scanner has stored the private half; now the certificate becomes known, with its entry, in one transaction. */
export function decideAddScanCertificate(
  found: TransferFacts,
  certificate: NewScanCertificate,
  at: Instant,
): Decision<null> {
  const event = 'scan.certificate.issued'
  const { transfer } = found
  if (!mayHaveScanCertificate(found) || liveScanCertificate(found, at)) {
    return refuseParty({ event, transfer, refusal: inState(transfer) })
  }
  return {
    next: null,
    changes: [{ kind: 'transfers.add-scan-certificate', certificate }],
    event: {
      event,
      ...inAgreement(transfer),
      detail: { fingerprint: certificate.fingerprint, expires: certificate.expiresAt },
    },
    jobs: [],
  }
}

/** No key and no verdict: only the sender can wrap the session key again (ARCHITECTURE.md#scan-key-lost). */
export function decideLoseScanKey(found: TransferFacts, fingerprint: Fingerprint, at: Instant): Decision<null> {
  const event = 'scan.key.lost'
  const { transfer, verdicts } = found
  if (verdicts.length > 0 || !mayFollow(transfer.state, 'waiting-for-sender')) {
    return refuseParty({ event, transfer, refusal: inState(transfer) })
  }
  return {
    next: null,
    changes: [
      { kind: 'transfers.lose-scan-key', fingerprint, at },
      { kind: 'transfers.enter', transfer: transfer.id, state: 'waiting-for-sender', at },
    ],
    event: { event, ...inAgreement(transfer), detail: { fingerprint } },
    jobs: [
      { name: 'destroy-scan-key', data: { transfer: transfer.id, fingerprint } },
      { name: 'send-mail', data: { template: 'scan-key-lost', account: transfer.sender, transfer: transfer.id } },
    ],
  }
}
