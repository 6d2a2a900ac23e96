// Signed documents on their way to a client, which believes none of it before verify-organisation.ts and
// verify-agreement.ts did (ARCHITECTURE.md#verified-agreement). Bytes are base64 and travel exactly as they were
// signed.
import * as z from 'zod'
import type { SignedBytes } from '#domain/document.ts'
import { accountId, base64, fingerprint, organisationId } from '#domain/values.ts'

/** Base64 of a document of at most 1 MiB. */
const documentBytes = base64.min(4).max(1_400_000)
/** Base64 of a certificate or a signature of at most 64 KiB. */
export const smallBytes = base64.min(4).max(87_384)

export const signedDocument = z.strictObject({ bytes: documentBytes, signature: smallBytes })
export type SignedDocument = z.infer<typeof signedDocument>

export const organisationDocuments = z.strictObject({
  organisation: organisationId,
  /** Certificates of roots and roster keys. */
  keys: z.array(z.strictObject({ fingerprint, bytes: smallBytes })).max(200),
  /** The whole chain, ascending. */
  statements: z.array(signedDocument).max(1000),
  /** Ascending, without gaps, ending with the current one. */
  rosters: z.array(signedDocument).max(1000),
  /** The person entries this reader may see, of any of the rosters. */
  people: z.array(z.strictObject({ bytes: base64.min(4).max(20_000) })).max(20_000),
  certificates: z.array(z.strictObject({ account: accountId, bytes: smallBytes })).max(20_000),
})
export type OrganisationDocuments = z.infer<typeof organisationDocuments>

export const agreementDocuments = z.strictObject({
  agreement: z.strictObject({ bytes: documentBytes }),
  signatures: z.array(signedDocument).max(50),
  organisations: z.array(organisationDocuments).max(50),
})
export type AgreementDocuments = z.infer<typeof agreementDocuments>

export function encodeSigned({ bytes, signature }: SignedBytes): SignedDocument {
  return { bytes: bytes.toBase64(), signature: signature.toBase64() }
}

export function decodeSigned({ bytes, signature }: SignedDocument): SignedBytes {
  return { bytes: Uint8Array.fromBase64(bytes), signature: Uint8Array.fromBase64(signature) }
}
