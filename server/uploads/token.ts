// Upload tokens: one file of one draft, for a day (ARCHITECTURE.md#upload-token). Derived, so that an idempotent reply
// can say it again without storing it; PostgreSQL holds its hash alone.
import { createHmac } from 'node:crypto'
import { uploadScheme } from '#contract/uploads.ts'
import type { Bytes, FileId, TransferId } from '#domain/values.ts'
import { sha256 } from '#platform/crypto.ts'

/** The first upload of a file; a client that must begin again makes a new transfer. */
const firstAttempt = 1

/** `key`: 32 octets of tokens.key. */
export function uploadToken(key: Uint8Array, of: { readonly transfer: TransferId; readonly file: FileId }): string {
  const named = `safehand upload ${of.transfer} ${of.file} ${firstAttempt}`
  return createHmac('sha256', key).update(named).digest('base64url')
}

export function uploadTokenHash(token: string): Bytes {
  return Uint8Array.from(sha256(new TextEncoder().encode(token)))
}

/** The token of an `Authorization` header, or null. */
export function readUploadToken(authorization: string | undefined): string | null {
  const [scheme, token, ...rest] = authorization?.split(' ') ?? []
  return scheme === uploadScheme && token && rest.length === 0 ? token : null
}
