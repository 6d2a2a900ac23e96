// `safehand account deactivate`: the end of somebody's account.
import { accountOperations } from '#contract/accounts.ts'
import { email as emailModel } from '#domain/values.ts'
import { type Context, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'

export interface DeactivateOptions {
  readonly email: string
  readonly yes?: true
}

export async function deactivate(context: Context, { email: given, yes }: DeactivateOptions): Promise<void> {
  const email = emailModel.safeParse(given)
  if (!email.success) throw usage('--email is no e-mail address.')
  const question = `End the account of ${email.data} for ever? Who should come back is invited as somebody new.`
  if (!yes && !(await context.io.confirm(question))) throw usage('Nothing was changed.')
  const api = await signedInApi(context)
  const { account } = await api.call(accountOperations.deactivate, { body: { email: email.data } })
  context.output.result({
    value: { account, email: email.data },
    text: `The account of ${email.data} has ended.\nNext: safehand roster sign, so that everybody knows they have left.`,
  })
}
