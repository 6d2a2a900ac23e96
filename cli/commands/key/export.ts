// `safehand key export`: the private key for GnuPG, protected by a passphrase of its own.
import type { ProtectedKey } from '#domain/certificates/key-file.ts'
import { exportForGnupg } from '#client/trust/key-life.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { writePrivate } from '#platform/files.ts'
import { type Context, readSecret } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { type PassphraseOptions, renewing } from './key-life.ts'

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

async function inspectOwn({ io }: Context, { certificate }: ProtectedKey) {
  const bytes = Uint8Array.fromBase64(certificate)
  const found = await inspectNow(bytes, io.now())
  if (found.ok) return found.certificate
  throw usage(`Your certificate here cannot be used (${found.code}). If it has expired: safehand key renew`)
}
