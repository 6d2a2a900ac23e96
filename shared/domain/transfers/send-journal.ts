// What a sender's client writes down of a transfer under way, so that another run of it can go on
// (ARCHITECTURE.md#salt): one entry after the other, each durable before what it tells of happens. It is the client's
// own, and never read back from the service. It holds no secret in plain but the upload tokens, which let bytes in and
// nothing out.
import * as z from 'zod'
import {
  accountId,
  agreementId,
  base64,
  count,
  fileId,
  fingerprint,
  instant,
  line,
  sha256Hex,
  transferId,
} from '../values.ts'
import { marking, purposeCode } from '../agreements/agreement.ts'
import { bodyEntry, profile } from './documents/dispatch-note.ts'
import { recipients } from '../policy/recipient.ts'

const upload = z.strictObject({ file: fileId, length: count, token: z.string().max(100) })

const begun = z.strictObject({
  entry: z.literal('begun'),
  transfer: transferId,
  at: instant,
  sender: accountId,
  /** Names of the recipients, as they were shown. */
  to: z.array(z.string().max(200)),
  agreement: z.strictObject({ id: agreementId, version: count }),
  request: z.strictObject({
    flow: line(60),
    purpose: purposeCode,
    items: z.array(line(60)),
    marking,
    handlingInstruction: line(500).nullable(),
    caseReference: line(120).nullable(),
    records: count.nullable().default(null),
    expires: instant,
    recipients,
  }),
  profile,
  /** As the note will have it: for whose sake it is `v1-cfb`. */
  profileFor: z.array(fingerprint).nullable(),
  files: z.array(
    z.strictObject({
      /** Where this client finds it again; null: nowhere. */
      place: z.string().max(4096).nullable(),
      name: z.string().min(1).max(255),
      mediaType: line(127),
      size: count,
      modified: instant,
      upload,
    }),
  ),
  manifest: upload,
  /** The session key wrapped for the sender's own key, and for nobody else: going on takes the passphrase again. */
  sessionKey: z.strictObject({ encryptionSubkey: fingerprint, pkesk: base64.max(2732) }),
})

/** A salt was drawn, for this key and these contents: no other contents ever meet it. */
const attempt = z.strictObject({
  entry: z.literal('attempt'),
  transfer: transferId,
  file: fileId,
  size: count,
  modified: instant,
  /** SHA-256 of the session key: tells keys apart and opens nothing. */
  keyDigest: sha256Hex,
  salt: z.string().regex(/^([0-9a-f]{32}|[0-9a-f]{64})$/),
  at: instant,
})

/** These bytes are about to leave, of the file's last attempt: nothing else may ever leave in their place. */
const part = z.strictObject({
  entry: z.literal('part'),
  transfer: transferId,
  file: fileId,
  /** From 1. */
  number: count.min(1),
  sha256: sha256Hex,
})

/** The service has all of it. */
const arrived = z.strictObject({
  entry: z.literal('arrived'),
  transfer: transferId,
  file: fileId,
  size: count,
  modified: instant,
  body: bodyEntry.extend({ plaintextDigest: sha256Hex, sha256: sha256Hex.optional() }),
})

/** Nothing is left to do. */
const ended = z.strictObject({ entry: z.literal('ended'), transfer: transferId, how: z.enum(['sent', 'abandoned']) })

export const journalEntry = z.discriminatedUnion('entry', [begun, attempt, part, arrived, ended])
export type JournalEntry = z.infer<typeof journalEntry>
export type BegunEntry = z.infer<typeof begun>
export type AttemptEntry = z.infer<typeof attempt>
export type ArrivedEntry = z.infer<typeof arrived>
