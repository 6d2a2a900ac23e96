// The life of one's key after it was made: replaced, renewed, revoked, and exported for GnuPG
// (ARCHITECTURE.md#custody).
import { register, registerAndProve } from '#client/trust/key-proof.ts'
import { certificateOperations } from '#contract/certificates.ts'
import { identityOperations } from '#contract/identity.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import type { KeyPair } from '#openpgp/keys.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import { unlockedKey } from '#client/trust/key-holder.ts'
import { writePrivate } from '#platform/files.ts'
import { type Context, readSecret, signedInApi } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { lockKey, locks, unlockKey } from './key-envelope.ts'
import type { KeyFile, LockedKey, OwnKey } from '#domain/certificates/key-file.ts'
import { exportForGnupg, makeKey, type Renewing, renewLocked } from '#client/trust/key-life.ts'
import { readable } from '#words/en/fingerprints.ts'
import { bringOwnKey, readCertificate } from './own-key.ts'
import { publicPart } from './public-part.ts'

interface PassphraseOptions {
  readonly passphraseFile?: string
}

export interface ReplaceOptions extends PassphraseOptions {
  readonly withGpg?: true
}

/** The old key stays until the roster names the new one. */
export async function replaceKey(context: Context, file: string | undefined, options: ReplaceOptions): Promise<void> {
  const { home } = context
  const before = await home.readKey('key')
  const keep = async (key: KeyFile) => {
    await home.writeOldKey(before)
    await home.writeKey('key', key)
  }
  if (file !== undefined) return bringOwnKey(context, { file, withGpg: options.withGpg ?? false, keep })
  const api = await signedInApi(context)
  const { name, email } = await api.call(identityOperations.account, {})
  const message = 'New passphrase for your new key'
  const passphrase = await readSecret(context, { file: options.passphraseFile, message })
  const made = await makeKey(context.io.now(), { name, email })
  await keep(await lockKey({ key: made, passphrase }))
  await proveMade(context, made)
  sayChanged(context, { key: await home.readKey('key'), what: 'Your new key. Read it to your administrator' })
}

async function proveMade({ io, home, ...rest }: Context, made: KeyPair): Promise<void> {
  const { account } = await home.readSettings()
  const { encryptionSubkey } = await home.readKey('key')
  const api = await signedInApi({ io, home, ...rest })
  const key = unlockedKey(made.privateKey)
  const prover = { api, anchor: await home.readAnchor(), account, key, encryptionSubkey, now: io.now }
  await registerAndProve(prover, made.certificate)
}

export interface RevokeOptions {
  readonly certificateFile?: string
  readonly yes?: true
}

export async function revokeKey(context: Context, { certificateFile, yes }: RevokeOptions): Promise<void> {
  const { io, home, output } = context
  const { fingerprint } = await home.readKey('key')
  const question = `Revoke ${readable(fingerprint)} for ever? Nothing that was sent to it can be collected any more.`
  if (!yes && !(await io.confirm(question))) throw usage('Nothing was revoked.')
  const published = certificateFile === undefined ? null : (await readCertificate(certificateFile)).toBase64()
  const api = await signedInApi(context)
  const revoked = await api.call(certificateOperations.revoke, {
    params: { fingerprint },
    body: { certificate: published },
  })
  output.result({
    value: revoked,
    text: `Revoked: ${readable(fingerprint)}\nNext: safehand key replace, and ask your administrator for a new roster.`,
  })
}

export interface RenewOptions extends PassphraseOptions {
  readonly days?: string
  readonly certificateFile?: string
}

export async function renewOwnKey(context: Context, options: RenewOptions): Promise<void> {
  const { home } = context
  const file = await home.readKey('key')
  if (file.custody === 'own') {
    const bytes = await renewedElsewhere(context, { file, certificateFile: options.certificateFile })
    await register({ api: await signedInApi(context) }, bytes)
    await home.writeKey('key', { ...file, certificate: bytes.toBase64() })
  } else {
    const expiresAfterSeconds = secondsOf(options.days)
    const passphrase = await readSecret(context, { file: options.passphraseFile, message: 'Passphrase of your key' })
    await renewLocked(await renewing(context, { file, passphrase }), { features: 'as-before', expiresAfterSeconds })
  }
  sayChanged(context, { key: await home.readKey('key'), what: 'Renewed' })
}

/** New self-signatures were made by the program that has the key: gpg is asked, or a file is given. */
async function renewedElsewhere(
  context: Context,
  { file, certificateFile }: { readonly file: OwnKey; readonly certificateFile: string | undefined },
): Promise<PublicCertificate> {
  if (certificateFile !== undefined) return readCertificate(certificateFile)
  if (file.reach === 'gpg') return publicPart(await context.io.gpg.certificate(file.fingerprint), 'gpg --export')
  throw usage('Renew it where it is, export its public part, and give it with --certificate-file.')
}

export interface ExportOptions extends PassphraseOptions {
  readonly gpg: string
  readonly gpgPassphraseFile?: string
}

export async function exportKey(context: Context, options: ExportOptions): Promise<void> {
  const { home, output } = context
  const file = await home.readKey('key')
  if (file.custody === 'own') throw usage('Your private key is not here: it is where you made it.')
  const certificate = await inspectOwn(context, file)
  const passphrase = await readSecret(context, { file: options.passphraseFile, message: 'Passphrase of your key' })
  const message = 'Passphrase for the exported key, which gpg will ask for'
  const gpgPassphrase = await readSecret(context, { file: options.gpgPassphraseFile, message })
  const armored = await exportForGnupg(await renewing(context, { file, passphrase }), { certificate, gpgPassphrase })
  await writePrivate(options.gpg, armored)
  output.result({
    value: { fingerprint: file.fingerprint, path: options.gpg, renewed: certificate.supportsV2Gcm },
    text: [
      `Your private key for gpg: ${options.gpg}. Import it with gpg --import, then destroy the file.`,
      ...(certificate.supportsV2Gcm
        ? ['Your certificate changed: files are now sent to you in the older form that gpg reads.']
        : []),
    ].join('\n'),
  })
}

/** Throws CommandFailed `LOCKED` for a wrong passphrase. */
async function renewing(
  context: Context,
  { file, passphrase }: { readonly file: LockedKey; readonly passphrase: string },
): Promise<Renewing> {
  const { io, home } = context
  const key = await unlockKey({ file, passphrase })
  const keep = (renewed: LockedKey) => home.writeKey('key', renewed)
  return { api: await signedInApi(context), locks, now: io.now(), key, passphrase, keep }
}

async function inspectOwn({ io }: Context, { certificate }: LockedKey) {
  const bytes = Uint8Array.fromBase64(certificate)
  const found = await inspectCertificate(bytes, io.now())
  if (found.ok) return found.certificate
  throw usage(`Your certificate here cannot be used (${found.code}). If it has expired: safehand key renew`)
}

function secondsOf(days: string | undefined): number | null {
  if (days === undefined) return null
  const number = Number(days)
  if (!(Number.isSafeInteger(number) && number >= 1 && number <= 3660))
    throw usage('--days is a number from 1 to 3660.')
  return number * 86_400
}

function sayChanged({ output }: Context, { key, what }: { readonly key: KeyFile; readonly what: string }): void {
  const { fingerprint, encryptionSubkey } = key
  output.result({ value: { fingerprint, encryptionSubkey }, text: `${what}: ${readable(fingerprint)}` })
}
