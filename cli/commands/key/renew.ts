// `safehand key renew`: a new expiry date, made here or by the program that has the key.
import { register } from '#client/trust/key-proof.ts'
import type { OwnKey } from '#domain/certificates/key-file.ts'
import { renewProtected } from '#client/trust/key-life.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import { type Context, readCertificate, readSecret, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { publicPart } from '../../keys/public-part.ts'
import { type PassphraseOptions, renewing, sayChanged } from './key-life.ts'

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
    await renewProtected(await renewing(context, { file, passphrase }), { features: 'as-before', expiresAfterSeconds })
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

function secondsOf(days: string | undefined): number | null {
  if (days === undefined) return null
  const number = Number(days)
  if (!(Number.isSafeInteger(number) && number >= 1 && number <= 3660))
    throw usage('--days is a number from 1 to 3660.')
  return number * 86_400
}
