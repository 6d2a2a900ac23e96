// `safehand account complete-reset`: a lost password or authenticator, made new with the code that an administrator said.
import { resetOperations } from '#contract/resets.ts'
import { email as emailModel } from '#domain/values.ts'
import { type Context, openApi, readSecret } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { baseUrl } from '../sign-in.ts'
import { keepSecrets, newPasswordMessage } from './accept.ts'

export interface CompleteResetOptions {
  readonly url: string
  readonly email: string
  readonly resetFile?: string
  readonly passwordFile?: string
  readonly secretsFile: string
}

export async function completeReset(context: Context, options: CompleteResetOptions): Promise<void> {
  const url = baseUrl(options.url)
  const email = emailModel.safeParse(options.email)
  if (!email.success) throw usage('--email is no e-mail address.')
  const code = await readSecret(context, { file: options.resetFile, message: 'Code that your administrator told you' })
  const password = await readSecret(context, { file: options.passwordFile, message: newPasswordMessage })
  const body = { email: email.data, code: code.trim(), password }
  const made = await openApi(context, url).call(resetOperations.complete, { body })
  await keepSecrets(options.secretsFile, made)
  context.output.result({
    value: { account: made.account, email: made.email, secretsFile: options.secretsFile },
    text: [
      `Password and authenticator of ${made.email} are new. Everything that was signed in is ended.`,
      `Put the secret in ${options.secretsFile} into your authenticator, keep the codes on paper, then delete the file.`,
      `Next: safehand sign-in --url ${url} --email ${made.email}`,
    ].join('\n'),
  })
}
