// What a sender and the service say to each other until a transfer is handed over
// (ARCHITECTURE.md#the-life-of-a-transfer): draft, files made elsewhere, scan certificate, dispatch; or it is
// abandoned.
import * as z from 'zod'
import { marking, purposeCode } from '#domain/agreements/agreement.ts'
import { maxManifestBytes, mostDays, mostItems, mostWrappedKeys } from '#domain/policy/bounds.ts'
import { profile } from '#domain/transfers/documents/dispatch-note.ts'
import { seenFileType } from '#domain/file-types.ts'
import { recipients } from '#domain/policy/recipient.ts'
import {
  agreementId,
  base64,
  count,
  fileId,
  fingerprint,
  instant,
  line,
  sha256Hex,
  transferId,
} from '#domain/values.ts'
import { signedDocument, smallBytes } from '../documents.ts'
import { nothing, type Operation, oneTransfer } from '../operation.ts'

/** Lists of 10,000 files and 500 recipients; a note, and the packets it names. */
const listsBody = 512 * 1024
export const signedBody = 8 * 1024 * 1024

/** By content and name together, as the sender’s client sees it, where the flow lists types; the scanner has the last word. */
const declaredType = seenFileType.optional()

const draftBody = z
  .strictObject({
    agreement: agreementId,
    flow: line(60),
    purpose: purposeCode,
    items: z.array(line(60)).min(1).max(mostItems),
    marking,
    handlingInstruction: line(500).nullable(),
    recipients,
    /** Until it is deleted, counted by the service from this draft on; null: as long as the flow keeps it. */
    days: count.min(1).max(mostDays).nullable().default(null),
    caseReference: line(120).nullable(),
    /** How many are in the files, where the flow asks for them. */
    records: count.nullable().default(null),
    /** Chosen by the sender's client from everybody's certificates. */
    profile: profile.default('v2-gcm'),
    /**
     * Plaintext bytes; the length of a body follows from it, because the profile has one encoding. None: they are made by
     * another program, for keys that this draft gives, and declared afterwards.
     */
    files: z.array(z.strictObject({ size: count, type: declaredType })).max(10_000),
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
    .array(z.strictObject({ size: count, length: count.min(1), type: declaredType }))
    .min(1)
    .max(10_000),
  manifest: z.strictObject({ size: count.max(maxManifestBytes) }),
})

const upload = z.strictObject({ file: fileId, length: count, token: z.string().max(100) })

const draftReply = z.strictObject({
  transfer: transferId,
  createdAt: instant,
  /** As many days later in London: the note is signed for it. */
  expires: instant,
  /** In the order given, the manifest last. */
  uploads: z.array(upload),
})

const scanCertificateReply = z.strictObject({
  certificate: smallBytes,
  statement: signedDocument,
  authority: z.strictObject({ fingerprint, certificate: smallBytes }),
})
export type ScanCertificateReply = z.infer<typeof scanCertificateReply>

export const wrappedKeys = z.array(z.strictObject({ keySet: count, pkesk: base64.max(2732) })).max(mostWrappedKeys)

const dispatchBody = z.strictObject({ note: signedDocument, keys: wrappedKeys.min(3) })

/** What the agreement may refuse, at draft and again at dispatch. */
export const policyRefusals = [
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
  'FILE_TYPE',
  'EXPIRY_TOO_LATE',
  'TRANSFER_EXPIRED',
  'IDENTIFIER_IN_TEXT',
] as const

export const sendOperations = {
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
} as const satisfies Record<string, Operation>
