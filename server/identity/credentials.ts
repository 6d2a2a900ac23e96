// Checks what is shown at sign-in: password (argon2id), then an authenticator's code (RFC 6238) or a one-time code.
// Unknown people take the same way as known ones, with the same work, so that neither words nor time tell them apart.
import { TOTP, Secret } from 'otpauth'
import type { NewCredentials } from '#domain/identity/changes.ts'
import type { Factor } from '#domain/identity/decide-sign-in.ts'
import type { AccountId, Bytes, Email } from '#domain/values.ts'
import { hashPassword, openSecret, randomToken, sealSecret, verifyPassword } from '#platform/crypto.ts'
import type { Database } from '#store/database.ts'
import { findCredentials, isUnused } from '#store/identity.ts'
import type { Adapters } from '../use-case.ts'
import { createDerivedSecrets, type DerivedSecrets } from './derived-secrets.ts'

const period = 30

export interface Shown {
  readonly email: Email
  readonly password: string
  readonly code: string
}

export interface CredentialsOptions {
  readonly database: Database
  readonly totpKey: Uint8Array
  readonly derived: DerivedSecrets
  readonly epochMs: () => number
}

export interface Credentials {
  /** Null when anything is wrong. What is right may still be used up: the decision asks under the account's lock. */
  check(shown: Shown): Promise<{ readonly account: AccountId; readonly factor: Factor } | null>
}

export function createCredentials({ database, totpKey, derived, epochMs }: CredentialsOptions): Credentials {
  const nobody = nobodysAccount(totpKey)
  return {
    async check({ email, password, code }) {
      const found = await findCredentials(database, email)
      const account = found ?? (await nobody)
      const passwordRight = await verifyPassword({ password, stored: account.password_hash })
      const secret = openTotpSecret({ key: totpKey, sealed: account.totp_secret, account: account.id })
      const step = totpStep({ secret, code, epochMs: epochMs() })
      const codeHash = derived.codeHash(account.id, code)
      const oneTime = await isUnused(database, account.id, codeHash)
      if (!found || !passwordRight) return null
      if (step !== null && step > found.totp_step) return { account: found.id, factor: { kind: 'totp', step } }
      return oneTime ? { account: found.id, factor: { kind: 'one-time-code', codeHash } } : null
    },
  }
}

/** Which 30-second step the code is of, one step either side allowed for clocks; null for none. */
export function totpStep(wanted: {
  readonly secret: Bytes
  readonly code: string
  readonly epochMs: number
}): number | null {
  if (!/^\d{6}$/.test(wanted.code)) return null
  const delta = totp(wanted.secret).validate({ token: wanted.code, timestamp: wanted.epochMs, window: 1 })
  return delta === null ? null : Math.floor(wanted.epochMs / 1000 / period) + delta
}

/** For an authenticator: `otpauth://totp/...`, and the secret in base32. */
export function totpUrl(wanted: { readonly secret: Bytes; readonly issuer: string; readonly label: string }) {
  const authenticator = totp(wanted.secret, { issuer: wanted.issuer, label: wanted.label })
  return { url: authenticator.toString(), secret: authenticator.secret.base32 }
}

export function sealTotpSecret(wanted: {
  readonly key: Uint8Array
  readonly secret: Bytes
  readonly account: string
}): Bytes {
  const { key, secret, account } = wanted
  return new Uint8Array(sealSecret({ key, secret, context: `totp ${account}` }))
}

function openTotpSecret(wanted: { readonly key: Uint8Array; readonly sealed: Bytes; readonly account: string }): Bytes {
  const { key, sealed, account } = wanted
  return new Uint8Array(openSecret({ key, sealed, context: `totp ${account}` }))
}

function totp(secret: Bytes, names: { readonly issuer?: string; readonly label?: string } = {}): TOTP {
  return new TOTP({ ...names, secret: new Secret({ buffer: secret.buffer }), algorithm: 'SHA1', digits: 6, period })
}

/** Stands in for people who do not exist; nobody has its password. */
async function nobodysAccount(key: Uint8Array) {
  const id = '0'.repeat(32) as AccountId
  const secret = new Uint8Array(20)
  return {
    id,
    password_hash: await hashPassword(randomToken()),
    totp_secret: sealTotpSecret({ key, secret, account: id }),
    totp_step: Number.MAX_SAFE_INTEGER,
  }
}

interface NewSecrets {
  /** The invitation or reset that they are derived from. */
  readonly secretsOf: string
  readonly account: AccountId
  readonly password: string
}

/** Hashed or sealed, as they are stored. */
export async function makeCredentials(
  { secretsOf, account, password }: NewSecrets,
  { secrets }: Pick<Adapters, 'secrets'>,
): Promise<NewCredentials> {
  const derived = createDerivedSecrets(secrets.tokens)
  return {
    id: account,
    passwordHash: await hashPassword(password),
    totpSecret: sealTotpSecret({ key: secrets.totp, secret: derived.totpSecret(secretsOf), account }),
    oneTimeCodeHashes: derived.codes(secretsOf).map((code) => derived.codeHash(account, code)),
  }
}

/** The same, as their holder is shown them once. */
export function shownOnce(
  { secretsOf, email }: { readonly secretsOf: string; readonly email: Email },
  { secrets, installation }: Pick<Adapters, 'secrets' | 'installation'>,
) {
  const derived = createDerivedSecrets(secrets.tokens)
  const issuer = `Safehand ${installation}`
  const { secret, url } = totpUrl({ secret: derived.totpSecret(secretsOf), issuer, label: email })
  return { totpSecret: secret, totpUrl: url, codes: derived.codes(secretsOf) }
}
