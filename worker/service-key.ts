// A service key of this process: the OpenPGP key that agreements name, as scripts/service-keys.ts made it
// (ARCHITECTURE.md#service-keys).
import type { Bytes, Fingerprint, Instant } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { type PrivateKeyBytes, readPrivateKeyBytes } from '#openpgp/keys.ts'

export interface ServiceKey {
  readonly fingerprint: Fingerprint
  readonly certificate: Bytes
  readonly privateKey: PrivateKeyBytes
}

/** Throws when the key cannot be used now. `name`: what it is, for the error. */
export async function openServiceKey(
  key: Uint8Array,
  { name, at }: { readonly name: string; readonly at: Instant },
): Promise<ServiceKey> {
  const { privateKey, certificate } = await readPrivateKeyBytes(key)
  const inspected = await inspectCertificate(certificate, at)
  if (!inspected.ok) throw new Error(`${name} cannot be used: ${inspected.code}`)
  const fingerprint = inspected.certificate.fingerprint as Fingerprint
  return { fingerprint, certificate: new Uint8Array(certificate), privateKey }
}
