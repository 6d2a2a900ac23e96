// What decisions about transfers may change.
import type { SeenFileType } from '../file-types.ts'
import type { Decision as DecisionOf } from '../decision.ts'
import type { Marking } from '../agreements/agreement.ts'
import type { ApprovalBound } from '../policy/approval-over.ts'
import type { SignedBytes } from '../document.ts'
import type {
  AccountId,
  Bytes,
  CorrelationId,
  FileId,
  Fingerprint,
  Instant,
  OrganisationId,
  Sha256Hex,
  TransferId,
} from '../values.ts'
import type { Profile } from './documents/dispatch-note.ts'
import type { Recipient } from '../policy/recipient.ts'
import type { Destruction, Recall, StatedDestruction } from './ending.ts'
import type { ReminderStage } from './reminders.ts'
import type { DeliveryState, EndedAs, TransferState } from './states.ts'
import type { Approved, HoldReason, Reader } from './transfer.ts'

export interface NewTransfer {
  readonly id: TransferId
  readonly agreement: Sha256Hex
  readonly flow: string
  readonly purpose: string
  readonly items: readonly string[]
  readonly marking: Marking
  readonly handlingInstruction: string | null
  readonly caseReference: string | null
  readonly records: number | null
  readonly approvalFor: ApprovalBound | null
  readonly profile: Profile
  readonly sender: AccountId
  readonly senderOrganisation: OrganisationId
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly recipients: readonly Recipient[]
  readonly files: readonly NewTransferFile[]
}

export interface NewTransferFile {
  readonly id: FileId
  /** Bytes of the body. */
  readonly length: number
  /** Of the plaintext, as the sender says; null of the manifest. */
  readonly size: number | null
  readonly objectKey: string
  readonly tokenHash: Bytes
  readonly tokenExpiresAt: Instant
}

export interface WrappedKey {
  readonly keySet: number
  /** Null: wrapped for the scan certificate. */
  readonly account: AccountId | null
  readonly encryptionSubkey: Fingerprint
  readonly bytes: Bytes
}

export interface NewScanCertificate {
  readonly fingerprint: Fingerprint
  readonly transfer: TransferId
  readonly encryptionSubkey: Fingerprint
  readonly certificate: Bytes
  readonly signed: SignedBytes
  readonly authority: Fingerprint
  readonly authorityBytes: Bytes
  readonly expiresAt: Instant
}

/** What the scanner signed of all files together. */
export interface NewVerdictDocument {
  readonly hash: Sha256Hex
  readonly note: Sha256Hex
  readonly signed: SignedBytes
  readonly authority: Fingerprint
  readonly authorityBytes: Bytes
}

export interface NewVerdict {
  readonly file: FileId
  readonly verdict: 'clean' | 'infected' | 'unscannable'
  readonly finding: string | null
  /** What its content is; null: of no recognised type. */
  readonly typeSeen: string | null
  /** Of it, and of each file that an archive holds: by content and name together. */
  readonly fileTypes: readonly SeenFileType[]
  readonly engine: string
  readonly bodyDigest: Sha256Hex
  readonly commitment: Sha256Hex
}

export const mailTemplates = [
  'transfer-waiting',
  'transfer-left-out',
  'transfer-rejected',
  'transfer-not-released',
  'transfer-other-types',
  'transfer-held',
  'approval-asked',
  'transfer-approved',
  'transfer-sent-back',
  'scan-key-lost',
  'recipient-added',
  'transfer-recalled',
  'release-delayed',
  'transfer-on-hold',
  'hold-lifted',
  'report-stands',
  'transfer-expired',
  'destruction-asked',
  'destruction-stated',
  'still-waiting',
  'not-collected',
  'destruction-due',
  'destruction-overdue',
  'destruction-missing',
] as const
export type MailTemplate = (typeof mailTemplates)[number]

/** One mail to one person about one act. */
export interface Notification {
  readonly transfer: TransferId
  readonly account: AccountId
  readonly template: MailTemplate
  readonly correlation: CorrelationId
}

export type TransferChange =
  | { readonly kind: 'transfers.draft'; readonly transfer: NewTransfer }
  | {
      readonly kind: 'transfers.declare-files'
      readonly transfer: TransferId
      readonly files: readonly NewTransferFile[]
      readonly approvalFor: ApprovalBound | null
    }
  | {
      readonly kind: 'transfers.enter'
      readonly transfer: TransferId
      readonly state: TransferState
      readonly at: Instant
      /** Where the clock ended it: when, and why. */
      readonly ended?: { readonly as: EndedAs; readonly at: Instant }
    }
  /** Beside entering `destroyed`. */
  | {
      readonly kind: 'transfers.destroy'
      readonly transfer: TransferId
      readonly files: readonly FileId[]
      readonly destruction: Destruction
      readonly at: Instant
    }
  /** No byte is taken for it any more. */
  | { readonly kind: 'transfers.revoke-uploads'; readonly transfer: TransferId; readonly at: Instant }
  | {
      readonly kind: 'transfers.finish-upload'
      readonly transfer: TransferId
      readonly file: FileId
      readonly bodyDigest: Sha256Hex
      readonly at: Instant
    }
  | {
      readonly kind: 'transfers.dispatch'
      readonly transfer: TransferId
      readonly note: { readonly hash: Sha256Hex; readonly signed: SignedBytes }
      readonly keys: readonly WrappedKey[]
      readonly at: Instant
    }
  | { readonly kind: 'transfers.add-scan-certificate'; readonly certificate: NewScanCertificate }
  | { readonly kind: 'transfers.lose-scan-key'; readonly fingerprint: Fingerprint; readonly at: Instant }
  | {
      readonly kind: 'transfers.judge'
      readonly transfer: TransferId
      readonly verdicts: readonly NewVerdict[]
      readonly document: NewVerdictDocument
      readonly at: Instant
    }
  | {
      readonly kind: 'transfers.destroy-scan-key'
      readonly transfer: TransferId
      readonly fingerprint: Fingerprint
      readonly at: Instant
    }
  /** Seals: the scan certificates' PKESKs go, the recipients' stay. */
  | { readonly kind: 'transfers.drop-scan-pkesk'; readonly transfer: TransferId }
  | {
      readonly kind: 'transfers.hold'
      readonly transfer: TransferId
      readonly reason: HoldReason
      readonly at: Instant
      /** Null: the service. In place of an earlier hold, the clock goes on standing still. */
      readonly by: { readonly account: AccountId; readonly organisation: OrganisationId; readonly words: string } | null
    }
  /** The hold is over, and the clock goes on. */
  | {
      readonly kind: 'transfers.resume'
      readonly transfer: TransferId
      readonly expiresAt: Instant
      readonly at: Instant
      readonly by: AccountId | null
    }
  | { readonly kind: 'transfers.delay-release'; readonly transfer: TransferId; readonly until: Instant }
  | { readonly kind: 'transfers.approve'; readonly transfer: TransferId; readonly approval: Approved }
  | {
      readonly kind: 'transfers.add-recipient'
      readonly transfer: TransferId
      readonly addendum: { readonly hash: Sha256Hex; readonly note: Sha256Hex; readonly signed: SignedBytes }
      readonly reader: Reader
      /** Null: addressed already, by name or in a team. */
      readonly recipient: Recipient | null
      readonly keys: readonly WrappedKey[]
      readonly at: Instant
    }
  /** Beside entering `recalled`. */
  | {
      readonly kind: 'transfers.recall'
      readonly transfer: TransferId
      readonly recall: Recall
      readonly at: Instant
    }
  | {
      readonly kind: 'transfers.state-destruction'
      readonly transfer: TransferId
      readonly statement: StatedDestruction & { readonly hash: Sha256Hex; readonly signed: SignedBytes }
      readonly at: Instant
    }
  /** Of each recipient, that this was said. */
  | {
      readonly kind: 'transfers.remind'
      readonly transfer: TransferId
      readonly stage: ReminderStage
      readonly recipients: readonly Recipient[]
      readonly at: Instant
    }
  /** Somebody was told by mail. */
  | { readonly kind: 'transfers.notify'; readonly notification: Notification; readonly at: Instant }
  | {
      readonly kind: 'transfers.deliver'
      readonly transfer: TransferId
      readonly recipient: Recipient
      readonly state: DeliveryState
      /** Remembered of the first. */
      readonly by: AccountId
      readonly at: Instant
    }
  /** Null: given back. */
  | {
      readonly kind: 'transfers.take'
      readonly transfer: TransferId
      readonly recipient: Recipient
      readonly taken: { readonly by: AccountId; readonly at: Instant } | null
    }
  | {
      readonly kind: 'transfers.acknowledge'
      readonly transfer: TransferId
      readonly recipient: Recipient
      readonly by: AccountId
      readonly at: Instant
      /** Null: acknowledged without a signature. */
      readonly receipt: SignedBytes | null
    }

export type Decision<Next> = DecisionOf<Next, TransferChange>
