// The life of one's key: made here or brought from elsewhere, renewed, and exported for GnuPG (ARCHITECTURE.md#custody).
// Revoking it is one call of the API.
import type { ProtectedKey, OwnKey } from '#domain/certificates/key-file.ts'
import { addSeconds, clockSkewSeconds, epochSeconds } from '#domain/time.ts'
import { fingerprint, instant, type Instant } from '#domain/values.ts'
import { type Certificate, inspectNow } from '#openpgp/certificates.ts'
import {
  generateKey,
  type KeyPair,
  protectForGnupg,
  type PrivateKeyBytes,
  type Renewal,
  renewKey,
} from '#openpgp/keys.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import type { Api } from '../api.ts'
import { type KeyProtection, protectKey } from './key-envelope.ts'
import { register } from './key-proof.ts'
import { TrustRefused } from './trust-refused.ts'

/** Personal, roster or root key. Dated a little back, so that a service whose clock is behind does not find it made in the future. */
export function makeKey(now: Instant, named: { readonly name: string; readonly email?: string }): Promise<KeyPair> {
  return generateKey({ ...named, at: addSeconds(now, -clockSkewSeconds), expiresAfterSeconds: null })
}

interface Brought {
  readonly certificate: PublicCertificate
  /** As the service registered it. */
  readonly encryptionSubkey: string
  readonly reach: OwnKey['reach']
  readonly now: Instant
}

/** What is kept of a key that stays elsewhere. Throws TrustRefused when the service registered another one. */
export async function ownKeyOf({ certificate, encryptionSubkey, reach, now }: Brought): Promise<OwnKey> {
  const found = await inspectNow(certificate, now)
  const listed = found.ok && found.certificate.encryptionSubkeys.some((one) => one.fingerprint === encryptionSubkey)
  if (!found.ok || !listed) throw new TrustRefused({ code: 'TRUST_CERTIFICATE', saw: encryptionSubkey })
  return {
    type: 'safehand.key/1',
    custody: 'own',
    fingerprint: fingerprint.parse(found.certificate.fingerprint),
    encryptionSubkey: fingerprint.parse(encryptionSubkey),
    certificate: certificate.toBase64(),
    reach,
  }
}

export interface Renewing {
  readonly api: Api
  readonly protection: KeyProtection
  readonly now: Instant
  /** Unlocked, and what protects it again. */
  readonly key: PrivateKeyBytes
  readonly passphrase: string
  keep(file: ProtectedKey): Promise<void>
}

/** The service first: a renewal it refuses changes nothing here. */
export async function renewProtected(
  { api, protection, now, key, passphrase, keep }: Renewing,
  wished: Pick<Renewal, 'features' | 'expiresAfterSeconds'>,
): Promise<KeyPair> {
  const renewed = await renewKey({ key, at: now, ...wished })
  await register({ api }, renewed.certificate)
  await keep(await protectKey(protection, { key: renewed, passphrase }))
  return renewed
}

/**
 * The private key in armor, protected as gpg reads it. gpg cannot read `v2-gcm`: a certificate that declares it stops, which
 * changes it, so that it is registered again.
 */
export async function exportForGnupg(
  renewing: Renewing,
  { certificate, gpgPassphrase }: { readonly certificate: Certificate; readonly gpgPassphrase: string },
): Promise<string> {
  const { supportsV2Gcm, expires } = certificate
  const expiresAfterSeconds =
    expires === null ? null : epochSeconds(instant.parse(expires)) - epochSeconds(renewing.now)
  const { privateKey } = supportsV2Gcm
    ? await renewProtected(renewing, { features: 'gnupg', expiresAfterSeconds })
    : { privateKey: renewing.key }
  return protectForGnupg({ key: privateKey, passphrase: gpgPassphrase })
}
