// A transfer as decisions see it: the row, its files, deliveries, scan certificates and verdicts, loaded together and
// under one lock (store/transfers/facts.ts). Nothing here says who asks; each decision adds that.
import type {
  AgreementReference,
  AccountId,
  FileId,
  Fingerprint,
  Instant,
  OrganisationId,
  Sha256Hex,
  TransferId,
} from '../values.ts'
import type { Marking, PurposeCode } from '../agreements/agreement.ts'
import type { SeenFileType } from '../file-types.ts'
import type { ApprovalBound } from '../policy/approval-over.ts'
import type { SignedBytes } from '../document.ts'
import { addSeconds, epochSeconds } from '../time.ts'
import type { ApprovalAnswer } from './documents/approval.ts'
import type { Profile } from './documents/dispatch-note.ts'
import type { Recipient } from '../policy/recipient.ts'
import { type DeliveryState, type EndedAs, mayFollow, type TransferState } from './states.ts'

export interface Transfer {
  readonly id: TransferId
  readonly agreement: AgreementReference
  readonly flow: string
  readonly purpose: PurposeCode
  readonly items: readonly string[]
  readonly marking: Marking
  readonly handlingInstruction: string | null
  readonly caseReference: string | null
  /** As the sender states them; null: not stated. */
  readonly records: number | null
  /** Which bound of the flow it is over, so that a second person must release it. */
  readonly approvalFor: ApprovalBound | null
  /** Of its bodies, as the sender's client chose it before the draft. */
  readonly profile: Profile
  readonly sender: AccountId
  readonly senderOrganisation: OrganisationId
  readonly state: TransferState
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly dispatchedAt: Instant | null
  readonly releasedAt: Instant | null
  /** What goes to somebody for the first time is not released before. */
  readonly releaseNotBefore: Instant | null
  /** How it ended, also when it is destroyed since. */
  readonly ended: { readonly as: EndedAs; readonly at: Instant } | null
  /** Why it goes no further for now, and since when: its clock stands still. */
  readonly held: { readonly reason: HoldReason; readonly at: Instant } | null
  /** The dispatch note as signed, and the SHA-256 of its bytes. */
  readonly note: { readonly hash: Sha256Hex; readonly signed: SignedBytes } | null
}

/** For which it waits for an approver. */
export const approvalReasons = ['unscannable', 'over-threshold'] as const
export type ApprovalReason = (typeof approvalReasons)[number]

/** For which an officer holds. */
export const officersReasons = ['incident', 'legal'] as const
export type OfficersReason = (typeof officersReasons)[number]

/** What a recipient reports, and it is held. */
export const problems = ['wrong-recipient', 'cannot-open', 'wrong-content'] as const
export type Problem = (typeof problems)[number]

export const holdReasons = [...approvalReasons, ...officersReasons, ...problems] as const
export type HoldReason = (typeof holdReasons)[number]

export function isForApproval(reason: HoldReason): reason is ApprovalReason {
  return (approvalReasons as readonly string[]).includes(reason)
}

export function isReport(reason: HoldReason): reason is Problem {
  return (problems as readonly string[]).includes(reason)
}

export function isOfficersHold(held: Transfer['held']): boolean {
  return held !== null && (officersReasons as readonly string[]).includes(held.reason)
}

/** The hold's time is given back. */
export function afterPause({ expiresAt, held }: Pick<Transfer, 'expiresAt' | 'held'>, at: Instant): Instant {
  return held ? addSeconds(expiresAt, Math.max(0, epochSeconds(at) - epochSeconds(held.at))) : expiresAt
}

/** A time in which the clock stood still; the last one may go on. */
export interface Pause {
  readonly from: Instant
  readonly until: Instant | null
}

/** Seconds of pauses since an instant. */
export function pausedSeconds(
  pauses: readonly Pause[],
  { since, at }: { readonly since: Instant; readonly at: Instant },
) {
  const lengths = pauses.map(({ from, until }) => {
    const begun = Math.max(epochSeconds(from), epochSeconds(since))
    return Math.max(0, epochSeconds(until ?? at) - begun)
  })
  return lengths.reduce((total, one) => total + one, 0)
}

export interface TransferFile {
  readonly id: FileId
  /** Bytes of the body, fixed at the draft. */
  readonly length: number
  /** Of the plaintext, as the sender says; null of the manifest. */
  readonly size: number | null
  readonly objectKey: string
  /** Null until the upload is finished. */
  readonly bodyDigest: Sha256Hex | null
}

export interface Delivery {
  readonly recipient: Recipient
  readonly state: DeliveryState
  /** The first who fetched it: of a team, its member. */
  readonly collectedBy: AccountId | null
  readonly collectedAt: Instant | null
  /** The member of the team who said that they have it. */
  readonly takenBy: AccountId | null
  readonly takenAt: Instant | null
  readonly acknowledgedBy: AccountId | null
  readonly acknowledgedAt: Instant | null
}

/** As a list shows it. */
export interface ListedTransfer {
  readonly transfer: Transfer
  readonly deliveries: readonly Delivery[]
}

/** Where a transfer stands in a list: what waits comes first, and what is newer. */
export interface ListPlace {
  readonly waits: boolean
  readonly createdAt: Instant
  readonly id: TransferId
}

export interface ListedPage {
  readonly transfers: readonly ListedTransfer[]
  /** The next page begins after it; null when nothing follows. */
  readonly last: ListPlace | null
  /** How many follow. */
  readonly more: number
}

export interface IssuedScanCertificate {
  readonly fingerprint: Fingerprint
  readonly encryptionSubkey: Fingerprint
  readonly expiresAt: Instant
  readonly lostAt: Instant | null
  readonly destroyedAt: Instant | null
}

export type Verdict = 'clean' | 'infected' | 'unscannable'

export interface FileVerdict {
  readonly file: FileId
  readonly verdict: Verdict
  readonly finding: string | null
  readonly typeSeen: string | null
  readonly fileTypes: readonly SeenFileType[]
  readonly bodyDigest: Sha256Hex
  readonly commitment: Sha256Hex
}

/** An approver answered for what waits for two people. */
export interface Approved {
  readonly what: ApprovalAnswer
  readonly by: AccountId
  readonly note: Sha256Hex
  readonly signed: SignedBytes
  readonly at: Instant
}

export interface TransferFacts {
  readonly transfer: Transfer
  /** In the order of upload; the manifest is the last. */
  readonly files: readonly TransferFile[]
  readonly deliveries: readonly Delivery[]
  /** The flow's: from the last acknowledgement until it goes. */
  readonly daysAfterAcknowledgement: number
  readonly pauses: readonly Pause[]
  /** Newest last. */
  readonly scanCertificates: readonly IssuedScanCertificate[]
  readonly verdicts: readonly FileVerdict[]
  /** What the scanner signed of them, and of which note; null: nothing, or not yet. */
  readonly signedVerdict: { readonly hash: Sha256Hex; readonly note: Sha256Hex } | null
  readonly approval: Approved | null
  /** Whom the session key is wrapped for (the scan certificate apart); the sender is among them. Empty before dispatch. */
  readonly readers: readonly Reader[]
}

export interface Reader {
  readonly account: AccountId
  readonly encryptionSubkey: Fingerprint
}

/** The one scan certificate a session key may be wrapped for now, if there is one. */
export function liveScanCertificate(facts: TransferFacts, at: Instant): IssuedScanCertificate | undefined {
  return facts.scanCertificates.findLast(
    (certificate) => certificate.lostAt === null && certificate.destroyedAt === null && certificate.expiresAt > at,
  )
}

/** A draft whose files are made by another program, for keys that it is given before; they are declared afterwards. */
export function awaitsFiles({ transfer, files }: Pick<TransferFacts, 'transfer' | 'files'>): boolean {
  return transfer.state === 'draft' && files.length === 0
}

/** Before a dispatch that may follow; for files made elsewhere, before there are any. */
export function mayHaveScanCertificate(facts: TransferFacts): boolean {
  return awaitsFiles(facts) || mayFollow(facts.transfer.state, 'dispatched')
}

/** What all files together are: the worst that was found; null while a file has no verdict. */
export function verdictOf(facts: TransferFacts): Verdict | null {
  if (facts.files.some(({ id }) => !facts.verdicts.some(({ file }) => file === id))) return null
  return worst(facts.verdicts.map(({ verdict }) => verdict))
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('infected')) return 'infected'
  return verdicts.includes('unscannable') ? 'unscannable' : 'clean'
}

/** Of what waits for an approver: what they must answer for first. */
export function approvalReasonOf(facts: TransferFacts): ApprovalReason {
  return verdictOf(facts) === 'unscannable' ? 'unscannable' : 'over-threshold'
}

/** Findings that say `nobody looked inside`, against those that say `it is not what was signed`. */
const notLookedInto = /^(Heuristics|Limits|Safehand\.Unscannable)\./

/** Whether nothing worse was found than that: an approver may answer for the content, and never for an altered body. */
export function couldNotBeLookedInto({
  verdicts,
}: {
  readonly verdicts: readonly Pick<FileVerdict, 'verdict' | 'finding'>[]
}): boolean {
  return verdicts.every(({ verdict, finding }) => verdict === 'clean' || notLookedInto.test(finding ?? ''))
}

/** Every scan key is gone, and its absence was checked: only then may anything end (ARCHITECTURE.md#seal). */
export function sealed(facts: TransferFacts): boolean {
  return facts.scanCertificates.every(({ destroyedAt }) => destroyedAt !== null)
}
