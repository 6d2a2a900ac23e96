// One signed document of an organisation: is it read strictly, is it theirs, does it follow the one before, and did the key
// that it names sign it? Trusts neither what the service says beside it nor a certificate's name.
import { decodeSigned, type OrganisationDocuments, type SignedDocument } from '#contract/documents.ts'
import type { ParsedDocument, SignedBytes } from '#domain/document.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import {
  type Bytes,
  type Fingerprint,
  type Instant,
  type OrganisationId,
  type Origin,
  type Sha256Hex,
  sha256Hex,
} from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import { TrustRefused } from './trust-refused.ts'

interface Link {
  readonly sequence: number
  readonly previous: Sha256Hex | null
}

/** The first has sequence 1 and no previous; each next one counts on and names its predecessor's hash. */
export function follows(value: Link, last: { value: Link; hash: Sha256Hex } | undefined): boolean {
  if (!last) return value.sequence === 1 && value.previous === null
  return value.sequence === last.value.sequence + 1 && value.previous === last.hash
}

/** A model's strict reader: `parseDocument` with it. */
export type Reader<T> = (bytes: Uint8Array) => ParsedDocument<T>

export async function readSigned<T>(reader: Reader<T>, document: SignedDocument) {
  const signed = decodeSigned(document)
  return { value: parse(reader, signed.bytes), hash: await digestOf(signed.bytes), signed }
}

export function parse<T>(reader: Reader<T>, bytes: Uint8Array): T {
  const parsed = reader(bytes)
  if (!parsed.ok) throw refuse('TRUST_DOCUMENT', parsed.reason)
  return parsed.value
}

interface Belonging {
  readonly value: { readonly origin: Origin; readonly organisation: OrganisationId }
  readonly organisation: OrganisationId
}

export function refuseForeign(expected: { readonly origin: Origin }, { value, organisation }: Belonging): void {
  if (value.origin !== expected.origin) throw refuse('TRUST_ORIGIN', value.origin)
  if (value.organisation !== organisation) throw refuse('TRUST_ORGANISATION', value.organisation)
}

interface KeySearch {
  readonly keys: OrganisationDocuments['keys']
  readonly fingerprint: Fingerprint
  readonly at: Instant
}

/** The certificate that really has this fingerprint; what the service says beside it counts for nothing. */
export async function findKey({ keys, fingerprint, at }: KeySearch): Promise<Bytes | null> {
  for (const key of keys.filter((candidate) => candidate.fingerprint === fingerprint)) {
    const bytes = Uint8Array.fromBase64(key.bytes)
    const found = await inspectNow(bytes, at)
    if (found.ok && found.certificate.fingerprint === fingerprint) return bytes
  }
  return null
}

interface SignedBy {
  readonly signed: SignedBytes
  readonly certificate: Uint8Array
  readonly now: Instant
  readonly code: TrustRefusalCode
}

export async function verifyBy({ signed, certificate, now, code }: SignedBy): Promise<void> {
  const found = await verifyDetached({ ...signed, certificate, at: now })
  if (!found.ok) throw refuse(code, found.reason)
}

export async function digestOf(bytes: Uint8Array): Promise<Sha256Hex> {
  return sha256Hex.parse(await sha256(bytes))
}

export function refuse(code: TrustRefusalCode, saw: string): TrustRefused {
  return new TrustRefused({ code, saw })
}
