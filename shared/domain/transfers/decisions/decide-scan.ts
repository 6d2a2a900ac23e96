// What the scanner may say (ARCHITECTURE.md#scan): begun, judged - all files at once -, sealed. Each step can be
// repeated by a retry without harm: what is decided already is refused, and the scanner goes on with the next step.
import type { Job } from '../../decision.ts'
import type { Fingerprint, Instant, Sha256Hex } from '../../values.ts'
import type { Decision, NewVerdict, NewVerdictDocument } from '../changes.ts'
import { inAgreement, inState, refuseParty } from '../entries.ts'
import { hasEnded, mayFollow } from '../states.ts'
import { type IssuedScanCertificate, type TransferFacts, verdictOf, worst } from '../transfer.ts'

export function decideStartScan(
  found: TransferFacts,
  { engine }: { readonly engine: string },
  at: Instant,
): Decision<null> {
  const { transfer } = found
  if (!mayFollow(transfer.state, 'scanning')) return refuseState('scan.started', found)
  return {
    next: null,
    changes: [{ kind: 'transfers.enter', transfer: transfer.id, state: 'scanning', at }],
    event: { event: 'scan.started', ...inAgreement(transfer), detail: { engine } },
    jobs: [],
  }
}

export interface Judgement {
  /** One per file, the manifest included. */
  readonly verdicts: readonly NewVerdict[]
  readonly engine: string
  /** Version and age of the signatures. */
  readonly signatures: string
  /** The same, signed by the scan authority. */
  readonly document: NewVerdictDocument
}

/** An entry holds so many commitments; the rest stand in the verdict table and in the note. */
const commitmentsInEntry = 100

export function decideJudge(found: TransferFacts, judgement: Judgement, at: Instant): Decision<null> {
  const { transfer, files, verdicts: earlier } = found
  const { verdicts, engine, signatures, document } = judgement
  const complete = verdicts.length === files.length && files.every(({ id }) => verdicts.some(({ file }) => file === id))
  const again = earlier.length > 0 || document.note !== transfer.note?.hash
  if (transfer.state !== 'scanning' || again || !complete) return refuseState('scan.verdict', found)
  const verdict = worst(verdicts.map((one) => one.verdict))
  return {
    next: null,
    changes: [{ kind: 'transfers.judge', transfer: transfer.id, verdicts, document, at }],
    event: {
      event: 'scan.verdict',
      ...inAgreement(transfer),
      detail: {
        verdict,
        document: document.hash,
        finding: verdicts.find((one) => one.verdict === verdict)?.finding ?? null,
        files: verdicts.length,
        engine,
        signatures,
        commitments: verdicts.slice(0, commitmentsInEntry).map(({ commitment }): Sha256Hex => commitment),
      },
    },
    jobs: found.scanCertificates
      .filter(({ destroyedAt }) => destroyedAt === null)
      .map(({ fingerprint }) => ({ name: 'destroy-scan-key', data: { transfer: transfer.id, fingerprint } })),
  }
}

/** A key goes once nobody may need it: after the verdict, when it is lost or too old, or when the transfer has ended. */
export function mayDestroyScanKey(
  { transfer, verdicts }: TransferFacts,
  { destroyedAt, lostAt, expiresAt }: IssuedScanCertificate,
  at: Instant,
): boolean {
  const needless = verdicts.length > 0 || lostAt !== null || expiresAt <= at || hasEnded(transfer.state)
  return destroyedAt === null && needless
}

/** The scanner deleted the key and checked that it is absent. Nothing is released or ends without this row. */
export function decideDestroyScanKey(found: TransferFacts, fingerprint: Fingerprint, at: Instant): Decision<null> {
  const { transfer, scanCertificates } = found
  const certificate = scanCertificates.find((one) => one.fingerprint === fingerprint)
  if (!certificate || !mayDestroyScanKey(found, certificate, at)) return refuseState('scan.key.destroyed', found)
  const last = scanCertificates.every((one) => one.destroyedAt !== null || one.fingerprint === fingerprint)
  return {
    next: null,
    changes: [{ kind: 'transfers.destroy-scan-key', transfer: transfer.id, fingerprint, at }],
    event: { event: 'scan.key.destroyed', ...inAgreement(transfer), detail: { fingerprint } },
    jobs: last ? jobsAfterSeal(found) : [],
  }
}

/** What the last scan key kept from going on. */
function jobsAfterSeal(found: TransferFacts): readonly Job[] {
  const data = { transfer: found.transfer.id }
  if (hasEnded(found.transfer.state)) return [{ name: 'destroy-transfer', data }]
  return verdictOf(found) === null ? [] : [{ name: 'release-transfer', data }]
}

function refuseState(event: 'scan.started' | 'scan.verdict' | 'scan.key.destroyed', { transfer }: TransferFacts) {
  return refuseParty({ event, transfer, refusal: inState(transfer) })
}
