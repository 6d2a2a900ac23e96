// The small values every document, table and request is made of, each with its one exact text form.
// A value that passed here is branded, so that an account can never stand where a transfer is meant.
import * as z from 'zod'

const idPattern = /^[0-9a-f]{32}$/

/** 128 random bits as 32 lower-case hex characters; in digests the 16 raw bytes. */
export const organisationId = z.string().regex(idPattern).brand<'OrganisationId'>()

export const accountId = z.string().regex(idPattern).brand<'AccountId'>()

export const teamId = z.string().regex(idPattern).brand<'TeamId'>()

export const agreementId = z.string().regex(idPattern).brand<'AgreementId'>()

export const transferId = z.string().regex(idPattern).brand<'TransferId'>()

export const correlationId = z.string().regex(idPattern).brand<'CorrelationId'>()

export type OrganisationId = z.infer<typeof organisationId>

export type AccountId = z.infer<typeof accountId>

export type TeamId = z.infer<typeof teamId>

export type AgreementId = z.infer<typeof agreementId>

export type TransferId = z.infer<typeof transferId>

export type CorrelationId = z.infer<typeof correlationId>

/** The encrypted list of a transfer's files is uploaded as a file of its own, under this name; in digests 16 zero bytes. */
export const manifestFileId = 'manifest'

export const fileId = z.union([z.string().regex(idPattern), z.literal(manifestFileId)]).brand<'FileId'>()

export type FileId = z.infer<typeof fileId>

/** Full OpenPGP fingerprint (RFC 9580 §5.5.4), lower-case hex: 40 characters for v4 keys, 64 for v6. Never a key ID. */
export const fingerprint = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
  .brand<'Fingerprint'>()

export type Fingerprint = z.infer<typeof fingerprint>

/** SHA-256 as 64 lower-case hex characters. */
export const sha256Hex = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Sha256Hex'>()

export type Sha256Hex = z.infer<typeof sha256Hex>

/** RFC 3339 in UTC with whole seconds, `2026-11-22T03:40:00Z`: text order is time order. */
export const instant = z.iso.datetime({ precision: 0, offset: false }).brand<'Instant'>()

export type Instant = z.infer<typeof instant>

/** A calendar day in Europe/London, `2026-11-22`. */
export const day = z.iso.date().brand<'Day'>()

export type Day = z.infer<typeof day>

export const base64 = z.base64()

/** Octets in memory of their own, as WebCrypto takes and documents have them. */
export type Bytes = Uint8Array<ArrayBuffer>

/** The installation's fixed name, without scheme or port (ARCHITECTURE.md#origin). Never taken from a request. */
export const origin = z
  .string()
  .max(200)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/)
  .brand<'Origin'>()

export type Origin = z.infer<typeof origin>

export const email = z.email().max(254).toLowerCase().brand<'Email'>()

export type Email = z.infer<typeof email>

/** One line of text people read: no control characters, no bidirectional overrides. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]+$/u)

/** A count or a size in bytes that every JavaScript number holds exactly. */
export const count = z.int().nonnegative()

/** What other documents and log entries name an agreement by. */
export const agreementReference = z.strictObject({ id: agreementId, version: z.int().positive(), hash: sha256Hex })

export type AgreementReference = z.infer<typeof agreementReference>
