// What clients and service say to each other about transfers, from draft to acknowledge (DESIGN 4).
import * as z from 'zod'
import { agreementReference, marking, purposeCode } from '#domain/agreements/agreement.ts'
import { approvalBounds } from '#domain/agreements/approval-over.ts'
import { maxManifestBytes, mostItems, mostWrappedKeys } from '#domain/transfers/bounds.ts'
import { profile, recipient, recipients } from '#domain/transfers/dispatch-note.ts'
import { destructionStates, recallOutcomes } from '#domain/transfers/ending.ts'
import { deliveryStates, endings, transferStates } from '#domain/transfers/states.ts'
import { holdReasons } from '#domain/transfers/transfer.ts'
import {
  accountId,
  agreementId,
  base64,
  count,
  fileId,
  fingerprint,
  instant,
  line,
  organisationId,
  sha256Hex,
  transferId,
} from '#domain/values.ts'
import { signedDocument, smallBytes } from './documents.ts'
import { nothing, type Operation } from './operation.ts'

const oneTransfer = z.strictObject({ transfer: transferId })
const transferState = z.enum(Object.keys(transferStates) as [keyof typeof transferStates])

/** Lists of 10,000 files and 500 recipients; a note, and the packets it names. */
const listsBody = 512 * 1024
const signedBody = 8 * 1024 * 1024

const draftBody = z
  .strictObject({
    agreement: agreementId,
    flow: line(60),
    purpose: purposeCode,
    items: z.array(line(60)).min(1).max(mostItems),
    marking,
    handlingInstruction: line(500).nullable(),
    recipients,
    expires: instant,
    caseReference: line(120).nullable(),
    /** How many are in the files, where the flow asks for them. */
    records: count.nullable().default(null),
    /** Chosen by the sender's client from everybody's certificates. */
    profile: profile.default('v2-gcm'),
    /**
     * Plaintext bytes; the length of a body follows from it, because the profile has one encoding. None: they are made by
     * another program, for keys that this draft gives, and declared afterwards.
     */
    files: z.array(z.strictObject({ size: count })).max(10_000),
    /** Known before any id is: every id and digest in a manifest has a fixed width. Null: with no files yet. */
    manifest: z.strictObject({ size: count.max(maxManifestBytes) }).nullable(),
  })
  .refine(
    ({ files, manifest, profile }) =>
      files.length > 0 ? manifest !== null : manifest === null && profile === 'v1-cfb',
    {
      path: ['manifest'],
      message: 'has files and their manifest, or neither and v1-cfb',
    },
  )

/** Files that another program encrypted, as they are: the length of a body says nothing about what is inside. */
const declareBody = z.strictObject({
  files: z
    .array(z.strictObject({ size: count, length: count.min(1) }))
    .min(1)
    .max(10_000),
  manifest: z.strictObject({ size: count.max(maxManifestBytes) }),
})

const upload = z.strictObject({ file: fileId, length: count, token: z.string().max(100) })

const draftReply = z.strictObject({
  transfer: transferId,
  createdAt: instant,
  /** In the order given, the manifest last. */
  uploads: z.array(upload),
})

const scanCertificateReply = z.strictObject({
  certificate: smallBytes,
  statement: signedDocument,
  authority: z.strictObject({ fingerprint, certificate: smallBytes }),
})
export type ScanCertificateReply = z.infer<typeof scanCertificateReply>

const wrappedKeys = z.array(z.strictObject({ keySet: count, pkesk: base64.max(2732) })).max(mostWrappedKeys)

const dispatchBody = z.strictObject({ note: signedDocument, keys: wrappedKeys.min(3) })

const delivery = z.strictObject({
  recipient,
  state: z.enum(deliveryStates),
  /** The first who fetched it; of a team, its member. */
  collectedBy: accountId.nullable(),
  collectedAt: instant.nullable(),
  /** The member of the team who has it. */
  takenBy: accountId.nullable(),
  takenAt: instant.nullable(),
  acknowledgedBy: accountId.nullable(),
  acknowledgedAt: instant.nullable(),
})

const summary = z.strictObject({
  transfer: transferId,
  agreement: agreementReference,
  flow: z.string(),
  purpose: purposeCode,
  marking,
  sender: z.strictObject({ account: accountId, organisation: organisationId }),
  state: transferState,
  createdAt: instant,
  expiresAt: instant,
  dispatchedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  caseReference: z.string().nullable(),
  deliveries: z.array(delivery),
})
export type TransferSummary = z.infer<typeof summary>

const view = summary.extend({
  items: z.array(z.string()),
  handlingInstruction: z.string().nullable(),
  files: z.array(z.strictObject({ id: fileId, length: count, bodyDigest: sha256Hex.nullable() })),
  verdict: z.enum(['clean', 'infected', 'unscannable']).nullable(),
  finding: z.string().nullable(),
  /** Why it goes no further for now. */
  held: z
    .strictObject({
      reason: z.enum(holdReasons),
      at: instant,
      /** Null: the service. */
      by: accountId.nullable(),
      organisation: organisationId.nullable(),
      words: z.string().nullable(),
    })
    .nullable(),
  records: count.nullable(),
  /** Over which bound of the flow it is, so that a second person must release it. */
  approvalFor: z.enum(approvalBounds).nullable(),
  /** An approver's signed answer; one that sends it back is shown to the sending organisation alone. */
  approval: signedDocument.nullable(),
  /** Their own wrapped keys, to who may wrap the session key once more: for a new scan certificate, or somebody added. */
  ownKeys: z.array(z.strictObject({ keySet: count, pkesk: smallBytes })),
  /** As the sender signed it; a client believes this, and nothing above. */
  note: signedDocument.nullable(),
  /** To that note: who was added since. */
  addenda: z.array(signedDocument),
  /** What recipients signed: that it arrived. */
  receipts: z.array(signedDocument),
  /** How it ended, also when it is destroyed since. */
  ended: z.strictObject({ as: z.enum(endings), at: instant }).nullable(),
  /** Who recalled it, and the truth about it now. */
  recall: z
    .strictObject({
      by: accountId,
      organisation: organisationId,
      reason: z.string(),
      outcome: z.enum(recallOutcomes),
      destructions: z.array(z.strictObject({ recipient, state: z.enum(destructionStates), due: instant })),
    })
    .nullable(),
  /** What recipients signed became of their copies. */
  destructionStatements: z.array(signedDocument),
  /** When, and the hash of the certificate. */
  destroyed: z.strictObject({ at: instant, certificate: sha256Hex }).nullable(),
  /** It goes to somebody for the first time, is checked, and waits until then. */
  releaseNotBefore: instant.nullable(),
  /** When it goes because everyone has acknowledged. */
  keptUntil: instant.nullable(),
})
export type TransferView = z.infer<typeof view>

/** What the agreement may refuse, at draft and again at dispatch. */
const policyRefusals = [
  'AGR_NOT_SIGNED',
  'AGR_EXPIRED',
  'AGR_REVIEW_OVERDUE',
  'ROLE_REQUIRED',
  'FLOW_NOT_COVERED',
  'PURPOSE_NOT_COVERED',
  'ITEM_NOT_COVERED',
  'MARKING_TOO_HIGH',
  'HANDLING_REQUIRED',
  'ROSTER_EXPIRED',
  'RECIPIENT_NOT_LISTED',
  'KEY_REVOKED',
  'KEY_EXPIRED',
  'TOO_MANY_RECIPIENTS',
  'RECORDS_REQUIRED',
  'RECORD_LIMIT',
  'TOO_MANY_FILES',
  'FILE_EMPTY',
  'FILE_TOO_BIG',
  'EXPIRY_TOO_LATE',
  'TRANSFER_EXPIRED',
  'IDENTIFIER_IN_TEXT',
] as const

/** Why something addressed to the caller cannot be collected now. */
const collectRefusals = [
  'NOT_FOUND',
  'ROLE_REQUIRED',
  'TRANSFER_EXPIRED',
  'TRANSFER_RECALLED',
  'INCIDENT_HOLD',
  'TRANSFER_DESTROYED',
  'SCAN_PENDING',
  'APPROVAL_PENDING',
  'SCAN_INFECTED',
  'SCAN_UNSCANNABLE',
  'TRANSFER_STATE',
] as const

export const transferOperations = {
  draft: {
    name: 'transfer.draft',
    summary: 'Asks whether the agreement permits a transfer, and begins it',
    method: 'POST',
    path: '/transfers',
    scope: 'send',
    params: nothing,
    query: nothing,
    body: draftBody,
    maxBody: listsBody,
    reply: draftReply,
    refusals: ['NOT_FOUND', 'PROFILE_CANNOT_OPEN', ...policyRefusals],
  },
  declareFiles: {
    name: 'transfer.declare-files',
    summary: 'Says which files, encrypted by a program of one’s own, a transfer begun without files has',
    method: 'POST',
    path: '/transfers/:transfer/files',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: declareBody,
    maxBody: listsBody,
    reply: z.strictObject({ uploads: z.array(upload) }),
    refusals: ['NOT_FOUND', 'TRANSFER_STATE', ...policyRefusals],
  },
  requestScanCertificate: {
    name: 'transfer.request-scan-certificate',
    summary: 'Gives the one-use scan certificate of a transfer whose bodies have all arrived, or are made elsewhere',
    method: 'POST',
    path: '/transfers/:transfer/scan-certificate',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: scanCertificateReply,
    refusals: ['NOT_FOUND', 'UPLOAD_INCOMPLETE', 'TRANSFER_STATE', 'SCAN_NOT_READY'],
  },
  dispatch: {
    name: 'transfer.dispatch',
    summary: 'Hands a transfer over with the sender’s signed dispatch note',
    method: 'POST',
    path: '/transfers/:transfer/dispatch',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: dispatchBody,
    maxBody: signedBody,
    reply: z.strictObject({ note: sha256Hex }),
    refusals: [
      'NOT_FOUND',
      'TRANSFER_STATE',
      'UPLOAD_INCOMPLETE',
      'DOCUMENT_INVALID',
      'SIGNATURE_INVALID',
      'SCAN_NOT_READY',
      'NOTE_MISMATCH',
      'PROFILE_CANNOT_OPEN',
      ...policyRefusals,
    ],
  },
  abandon: {
    name: 'transfer.abandon',
    summary: 'Gives up a transfer that was not handed over; what was uploaded is destroyed',
    method: 'POST',
    path: '/transfers/:transfer/abandonment',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['NOT_FOUND', 'TRANSFER_STATE'],
  },
  approve: {
    name: 'transfer.approve',
    summary: 'An approver releases, signed, what waits for two people, or sends it back',
    method: 'POST',
    path: '/transfers/:transfer/approval',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ approval: signedDocument }),
    reply: nothing,
    refusals: [
      'NOT_FOUND',
      'INCIDENT_HOLD',
      'ROLE_REQUIRED',
      'APPROVER_IS_SENDER',
      'APPROVAL_GIVEN',
      'TRANSFER_STATE',
      'DOCUMENT_INVALID',
      'SIGNATURE_INVALID',
      'NOTE_MISMATCH',
    ],
  },
  addRecipient: {
    name: 'transfer.add-recipient',
    summary: 'Lets one more person collect a released transfer, by a signed addendum and without an upload',
    method: 'POST',
    path: '/transfers/:transfer/addenda',
    scope: 'send',
    params: oneTransfer,
    query: nothing,
    body: z.strictObject({ addendum: signedDocument, keys: wrappedKeys.min(1) }),
    maxBody: signedBody,
    reply: z.strictObject({ addendum: sha256Hex }),
    refusals: [
      'NOT_FOUND',
      'INCIDENT_HOLD',
      'TRANSFER_STATE',
      'DOCUMENT_INVALID',
      'SIGNATURE_INVALID',
      'NOTE_MISMATCH',
      'SENDER_REQUIRED',
      'KEY_PROOF_REQUIRED',
      'RECIPIENT_HAS_KEY',
      'PROFILE_CANNOT_OPEN',
      ...policyRefusals,
    ],
  },
  view: {
    name: 'transfer.view',
    summary: 'Shows a transfer to its sender, a reader, or an approver who may release it',
    method: 'GET',
    path: '/transfers/:transfer',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: view,
    refusals: ['NOT_FOUND'],
  },
  sent: {
    name: 'transfer.sent',
    summary: 'Lists what the caller sent',
    method: 'GET',
    path: '/transfers/sent',
    scope: 'send',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ transfers: z.array(summary) }),
    refusals: [],
  },
  approvals: {
    name: 'transfer.approvals',
    summary: 'Lists what waits for an approver of the caller’s organisation',
    method: 'GET',
    path: '/transfers/approvals',
    scope: 'send',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ transfers: z.array(summary) }),
    refusals: ['ROLE_REQUIRED'],
  },
  inbox: {
    name: 'transfer.inbox',
    summary: 'Lists what was sent to the caller or a team of theirs',
    method: 'GET',
    path: '/transfers/inbox',
    scope: 'collect',
    params: nothing,
    query: nothing,
    body: nothing,
    reply: z.strictObject({ transfers: z.array(summary) }),
    refusals: [],
  },
  take: {
    name: 'transfer.take',
    summary: 'A member of the addressed team says that they have it, so that the others see it',
    method: 'POST',
    path: '/transfers/:transfer/take',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    /** Who has it now, as the caller knows: whom they take it over from. Null: nobody. */
    body: z.strictObject({ from: accountId.nullable() }),
    reply: nothing,
    refusals: [...collectRefusals, 'TEAM_REQUIRED', 'TAKEN'],
  },
  giveBack: {
    name: 'transfer.give-back',
    summary: 'Who has it for the team has it no more',
    method: 'DELETE',
    path: '/transfers/:transfer/take',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: ['NOT_FOUND', 'TRANSFER_STATE'],
  },
  fetch: {
    name: 'transfer.fetch',
    summary: 'Gives one encrypted file: the caller’s wrapped key, then the body, as an ordinary OpenPGP message',
    method: 'GET',
    path: '/transfers/:transfer/files/:file',
    scope: 'collect',
    params: z.strictObject({ transfer: transferId, file: fileId }),
    query: nothing,
    body: nothing,
    reply: 'bytes',
    refusals: [...collectRefusals, 'KEY_PROOF_REQUIRED', 'INTEGRITY_FAILED', 'RANGE_INVALID'],
  },
  bundle: {
    name: 'transfer.bundle',
    summary:
      'Gives all encrypted files, their signed list and the clear-signed note in one zip, for programs of one’s own',
    method: 'GET',
    path: '/transfers/:transfer/bundle',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: 'bytes',
    refusals: [...collectRefusals, 'KEY_PROOF_REQUIRED', 'INTEGRITY_FAILED'],
  },
  opened: {
    name: 'transfer.opened',
    summary: 'A client says that its person opened the files',
    method: 'POST',
    path: '/transfers/:transfer/opened',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    body: nothing,
    reply: nothing,
    refusals: collectRefusals,
  },
  acknowledge: {
    name: 'transfer.acknowledge',
    summary: 'A recipient acknowledges with a signed receipt',
    method: 'POST',
    path: '/transfers/:transfer/acknowledge',
    scope: 'collect',
    params: oneTransfer,
    query: nothing,
    /** Null: without a signature, and logged as such. */
    body: z.strictObject({ receipt: signedDocument.nullable() }),
    reply: nothing,
    refusals: [...collectRefusals, 'DOCUMENT_INVALID', 'SIGNATURE_INVALID', 'NOTE_MISMATCH'],
  },
} as const satisfies Record<string, Operation>
