// A document as an administrator hands it in: parsed, hashed, and by which of the organisation's keys it is signed. Clients
// verify all of it again and believe nothing because it stands here.
import type { OrganisationKey } from '#domain/organisations/changes.ts'
import type { Submitted } from '#domain/organisations/submission.ts'
import type { ParsedDocument, SignedBytes } from '#domain/document.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'

export function submit<T>(document: ParsedDocument<T>, signed: SignedBytes): Submitted<T> {
  return { document, hash: sha256Hex(signed.bytes) as Sha256Hex, signed }
}

export async function isSignedBy(key: OrganisationKey, signed: SignedBytes, at: Instant): Promise<boolean> {
  return (await verifyDetached({ ...signed, certificate: key.bytes, at })).ok
}
