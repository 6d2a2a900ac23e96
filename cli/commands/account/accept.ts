// `safehand account accept`: a password of one’s own, the authenticator’s secret and one-time codes.
import { identityOperations } from '#contract/identity.ts'
import { writePrivate } from '#platform/files.ts'
import { type Context, openApi, readSecret, readText } from '../../context.ts'
import { baseUrl } from '../sign-in.ts'

export interface AcceptOptions {
  readonly url: string
  readonly tokenFile: string
  readonly passwordFile?: string
  readonly secretsFile: string
}

export async function accept(context: Context, options: AcceptOptions): Promise<void> {
  const url = baseUrl(options.url)
  const token = (await readText(options.tokenFile)).trim()
  const password = await readSecret(context, {
    file: options.passwordFile,
    message: newPasswordMessage,
  })
  const accepted = await openApi(context, url).call(identityOperations.acceptInvitation, { body: { token, password } })
  const { account, email, organisation, origin } = accepted
  await keepSecrets(options.secretsFile, accepted)
  context.output.result({
    value: { account, email, organisation, origin, secretsFile: options.secretsFile },
    text: [
      `Your account ${email} at ${origin} is ready.`,
      `Put the secret in ${options.secretsFile} into your authenticator, keep the codes on paper, then delete the file.`,
    ].join('\n'),
  })
}

export const newPasswordMessage = 'New password (15 characters or more)'

interface Secrets {
  readonly email: string
  readonly totpSecret: string
  readonly totpUrl: string
  readonly codes: readonly string[]
}

/** Shown once: for its holder alone. */
export async function keepSecrets(file: string, { email, totpSecret, totpUrl, codes }: Secrets): Promise<void> {
  await writePrivate(file, `${JSON.stringify({ email, totpSecret, totpUrl, codes }, null, 2)}\n`)
}
