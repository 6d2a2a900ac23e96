// `safehand account change-password`: by who knows the old one and has the authenticator.
import { accountOperations } from '#contract/accounts.ts'
import { type Context, readSecret, readText, signedInApi } from '../../context.ts'
import { newPasswordMessage } from './accept.ts'

export interface ChangePasswordOptions {
  readonly passwordFile?: string
  readonly codeFile?: string
  readonly newPasswordFile?: string
}

export async function changePassword(context: Context, options: ChangePasswordOptions): Promise<void> {
  const { io, home, output } = context
  const { email } = await home.readSettings()
  const password = await readSecret(context, { file: options.passwordFile, message: 'Password' })
  const newPassword = await readSecret(context, { file: options.newPasswordFile, message: newPasswordMessage })
  const code =
    options.codeFile === undefined
      ? await io.ask({ message: 'Code of your authenticator', secret: false })
      : await readText(options.codeFile)
  const api = await signedInApi(context)
  const body = { email, password, code: code.trim(), newPassword }
  const ended = await api.call(accountOperations.changePassword, { body })
  output.result({
    value: ended,
    text: `Your password is changed. Ended: sessions of browsers ${ended.sessions}, other tokens ${ended.tokens}.`,
  })
}
