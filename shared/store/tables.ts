// Row types of every table (migrations/*.sql), with the domain's branded types. Kysely reads them; nothing else does.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { Role } from '#domain/roles.ts'
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import type { WebhookEvent, WebhookId } from '#domain/webhooks/webhook.ts'
import type { SeenFileType } from '#domain/file-types.ts'
import type { ReminderStage } from '#domain/transfers/reminders.ts'
import type { DeliveryState, EndedAs, TransferState } from '#domain/transfers/states.ts'
import type { ApprovalBound } from '#domain/policy/approval-over.ts'
import type { ApprovalAnswer } from '#domain/transfers/documents/approval.ts'
import type { HoldReason } from '#domain/transfers/transfer.ts'
import type {
  AccountId,
  AgreementId,
  Bytes,
  CorrelationId,
  Email,
  FileId,
  Fingerprint,
  Instant,
  OrganisationId,
  Sha256Hex,
  TeamId,
  TransferId,
} from '#domain/values.ts'

/** timestamptz and bigint are parsed in database.ts: to an Instant, to a safe integer. */
type Json = ColumnType<unknown, string, string>

export interface Tables {
  'audit.intake': { id: GeneratedAlways<number>; log: LogOrigin; bytes: Bytes; received_at: Generated<Instant> }
  'audit.log': { origin: LogOrigin; size: number; frontier: Bytes[] }
  'audit.entry': { log: LogOrigin; index: number; bytes: Bytes; leaf_hash: Bytes }
  'audit.node': { log: LogOrigin; level: number; index: number; hash: Bytes }
  'audit.checkpoint': { log: LogOrigin; size: number; note: string; at: Generated<Instant> }
  'audit.opening': { leaf_hash: Bytes; log: LogOrigin; field: string; salt: Bytes; value: string }
  idempotency: {
    caller: string
    key: string
    operation: string
    request_hash: Bytes
    reply: Json
    created_at: Generated<Instant>
  }
  outbox: {
    id: GeneratedAlways<number>
    job: string
    data: Json
    created_at: Generated<Instant>
    sent_at: Instant | null
  }

  organisation: { id: OrganisationId; name: string; root: Fingerprint | null; created_at: Instant }
  organisation_domain: { domain: string; organisation: OrganisationId; registered_at: Instant }
  invitation: {
    id: string
    token_hash: Bytes
    organisation: OrganisationId
    email: Email
    name: string
    roles: Role[]
    teams: string[]
    first_administrator: boolean
    expires_at: Instant
    accepted_at: Instant | null
    withdrawn_at: Generated<Instant | null>
  }
  account: {
    id: AccountId
    organisation: OrganisationId
    email: Email
    name: string
    password_hash: string
    totp_secret: Bytes
    totp_step: Generated<number>
    proposed_roles: Role[]
    proposed_teams: string[]
    first_administrator: boolean
    created_at: Instant
    deactivated_at: Generated<Instant | null>
  }
  /** connect-pg-simple's. */
  session: { sid: string; sess: Json; expire: string }
  account_reset: {
    id: string
    account: AccountId
    code_hash: Bytes
    opened_by: AccountId
    opened_at: Instant
    expires_at: Instant
    needs_second: boolean
    confirmed_by: Generated<AccountId | null>
    confirmed_at: Generated<Instant | null>
    completed_at: Generated<Instant | null>
    withdrawn_at: Generated<Instant | null>
  }
  account_notified: { account: AccountId; template: string; correlation: CorrelationId; at: Instant }
  one_time_code: { account: AccountId; code_hash: Bytes; used_at: Instant | null }
  token: {
    id: string
    account: AccountId
    secret_hash: Bytes
    scopes: string[]
    ancestors: Generated<string[]>
    expires_at: Instant
    revoked_at: Instant | null
    created_at: Instant
  }
  certificate: {
    fingerprint: Fingerprint
    account: AccountId
    encryption_subkey: Fingerprint
    bytes: Bytes
    registered_at: Instant
    proven_at: Instant | null
    expires_at: Instant | null
  }
  certificate_claim: {
    account: AccountId
    fingerprint: Fingerprint
    encryption_subkey: Fingerprint
    bytes: Bytes
    expires_at: Instant | null
    registered_at: Instant
  }
  certificate_renewal: {
    number: Generated<number>
    fingerprint: Fingerprint
    bytes: Bytes
    expires_at: Instant | null
    at: Instant
  }
  certificate_revocation: { fingerprint: Fingerprint; bytes: Bytes | null; at: Instant }
  /** A view. */
  current_certificate: {
    fingerprint: Fingerprint
    account: AccountId
    encryption_subkey: Fingerprint
    bytes: Bytes
    proven_at: Instant | null
    expires_at: Instant | null
    revoked_at: Instant | null
  }
  key_proof: {
    id: string
    account: AccountId
    purpose: 'register' | 'collect'
    encryption_subkey: Fingerprint
    session: string
    answer_hash: Bytes
    expires_at: Instant
    tried_at: Instant | null
    proven_at: Instant | null
  }
  organisation_key: { fingerprint: Fingerprint; organisation: OrganisationId; bytes: Bytes }
  statement: { organisation: OrganisationId; sequence: number; hash: Sha256Hex; bytes: Bytes; signature: Bytes }
  roster: {
    organisation: OrganisationId
    sequence: number
    hash: Sha256Hex
    bytes: Bytes
    signature: Bytes
    signed_by: Fingerprint
    expires_at: Instant
  }
  roster_person: {
    roster: Sha256Hex
    digest: Sha256Hex
    account: AccountId
    encryption_subkey: Fingerprint
    roles: Role[]
    teams: TeamId[]
    bytes: Bytes
  }

  agreement: {
    id: AgreementId
    version: number
    hash: Sha256Hex
    bytes: Bytes
    imported_by: AccountId
    imported_at: Instant
    activated_at: Instant | null
  }
  agreement_party: { agreement: Sha256Hex; organisation: OrganisationId }
  agreement_signature: {
    agreement: Sha256Hex
    organisation: OrganisationId
    account: AccountId
    bytes: Bytes
    signature: Bytes
    signed_at: Instant
  }

  transfer: {
    id: TransferId
    agreement: Sha256Hex
    flow: string
    purpose: string
    items: string[]
    marking: string
    handling_instruction: string | null
    case_reference: string | null
    records: number | null
    approval_for: ApprovalBound | null
    profile: Profile
    sender: AccountId
    sender_organisation: OrganisationId
    state: TransferState
    created_at: Instant
    expires_at: Instant
    dispatched_at: Instant | null
    released_at: Instant | null
    note_hash: Sha256Hex | null
    note_bytes: Bytes | null
    note_signature: Bytes | null
    held_at: Instant | null
    held_reason: HoldReason | null
    ended_as: EndedAs | null
    ended_at: Instant | null
    release_not_before: Instant | null
  }
  hold: {
    number: GeneratedAlways<number>
    transfer: TransferId
    reason: HoldReason
    words: string | null
    account: AccountId | null
    organisation: OrganisationId | null
    at: Instant
    lifted_at: Generated<Instant | null>
    lifted_by: Generated<AccountId | null>
    report: number | null
  }
  recall: { transfer: TransferId; account: AccountId; organisation: OrganisationId; reason: string; at: Instant }
  destruction_certificate: {
    transfer: TransferId
    hash: Sha256Hex
    bytes: Bytes
    signature: Bytes
    housekeeper: Fingerprint
    housekeeper_bytes: Bytes
    at: Instant
  }
  body_destroyed: { transfer: TransferId; file: FileId; at: Instant }
  destruction_statement: {
    hash: Sha256Hex
    transfer: TransferId
    account: AccountId
    team: TeamId | null
    outcome: 'destroyed' | 'kept-by-law'
    bytes: Bytes
    signature: Bytes
    at: Instant
  }
  approval: {
    transfer: TransferId
    note_hash: Sha256Hex
    account: AccountId
    bytes: Bytes
    signature: Bytes
    at: Instant
    what: ApprovalAnswer
  }
  addendum: {
    hash: Sha256Hex
    transfer: TransferId
    note_hash: Sha256Hex
    account: AccountId
    encryption_subkey: Fingerprint
    bytes: Bytes
    signature: Bytes
    at: Instant
  }
  earlier_note: { hash: Sha256Hex; transfer: TransferId; bytes: Bytes; signature: Bytes; dispatched_at: Instant }
  transfer_file: {
    transfer: TransferId
    file: FileId
    position: number
    length: number
    size: number | null
    object_key: string
    body_digest: Sha256Hex | null
  }
  upload: {
    transfer: TransferId
    file: FileId
    token_hash: Bytes
    token_expires_at: Instant
    token_revoked_at: Instant | null
    object_upload: string | null
    finished_at: Instant | null
    lease_holder: string | null
    lease_until: Instant | null
    received: Generated<number>
    framing: Json | null
  }
  upload_part: {
    transfer: TransferId
    file: FileId
    number: number
    length: number
    sha256: Bytes
    tag: string
  }
  delivery: {
    transfer: TransferId
    organisation: OrganisationId
    account: AccountId | null
    team: TeamId | null
    state: Generated<DeliveryState>
    collected_by: AccountId | null
    collected_at: Instant | null
    taken_by: AccountId | null
    taken_at: Instant | null
    acknowledged_by: AccountId | null
    acknowledged_at: Instant | null
    receipt_bytes: Bytes | null
    receipt_signature: Bytes | null
  }
  served: { transfer: TransferId; file: FileId; account: AccountId; octets: string }
  pkesk: {
    transfer: TransferId
    key_set: number
    account: AccountId | null
    encryption_subkey: Fingerprint
    bytes: Bytes
  }
  scan_certificate: {
    fingerprint: Fingerprint
    transfer: TransferId
    encryption_subkey: Fingerprint
    certificate: Bytes
    bytes: Bytes
    signature: Bytes
    authority: Fingerprint
    authority_bytes: Bytes
    expires_at: Instant
    lost_at: Instant | null
  }
  verdict: {
    transfer: TransferId
    file: FileId
    verdict: 'clean' | 'infected' | 'unscannable'
    finding: string | null
    type_seen: Generated<string | null>
    file_types: Generated<SeenFileType[]>
    engine: string
    body_digest: Sha256Hex
    commitment: Sha256Hex
    at: Instant
  }
  verdict_document: {
    transfer: TransferId
    hash: Sha256Hex
    note_hash: Sha256Hex
    bytes: Bytes
    signature: Bytes
    authority: Fingerprint
    authority_bytes: Bytes
    at: Instant
  }
  scan_key_destroyed: { fingerprint: Fingerprint; transfer: TransferId; at: Instant }
  reminder: { transfer: TransferId; account: AccountId | null; team: TeamId | null; stage: ReminderStage; at: Instant }
  notified: { transfer: TransferId; account: AccountId; template: string; correlation: CorrelationId; at: Instant }
  webhook: {
    id: WebhookId
    organisation: OrganisationId
    url: string
    events: WebhookEvent[]
    generation: Generated<number>
    rotated_at: Generated<Instant | null>
    created_by: AccountId
    created_at: Instant
    removed_at: Generated<Instant | null>
    failing_at: Generated<Instant | null>
    last_number: Generated<number>
  }
  webhook_delivery: {
    webhook: WebhookId
    number: number
    event: WebhookEvent | 'webhook.test'
    transfer: TransferId | null
    at: Instant
    attempts: Generated<number>
    next_at: Instant | null
    last_status: Generated<number | null>
    last_at: Generated<Instant | null>
    delivered_at: Generated<Instant | null>
  }
}
