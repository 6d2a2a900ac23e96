// safehand sign-in: e-mail, password and code for a token that expires. Pins nothing.
import type { Command } from 'commander'
import { createApi } from '#client/api.ts'
import { isOwnAddress } from '#client/own-address.ts'
import { identityOperations } from '#contract/identity.ts'
import { scopes } from '#contract/operation.ts'
import { email } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { dateInWords } from '#words/en/dates.ts'
import { type Context, fetchOf, openApi, readSecret, readText } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'

interface SignInOptions {
  readonly url: string
  readonly email: string
  readonly passwordFile?: string
  readonly codeFile?: string
  readonly days: string
}

export function addSignInCommand(program: Command, context: Context): void {
  program
    .command('sign-in')
    .description('sign in; the token is kept in SAFEHAND_HOME until it expires')
    .requiredOption('--url <url>', 'base URL of the service')
    .requiredOption('--email <email>', 'your work e-mail')
    .option('--password-file <file>', 'file with your password (otherwise you are asked)')
    .option('--code-file <file>', 'file with the code of your authenticator (otherwise you are asked)')
    .option('--days <days>', 'how long the token lives, 1 to 30', '1')
    .action((options: SignInOptions) => signIn(context, options))
}

async function signIn(context: Context, options: SignInOptions): Promise<void> {
  const { home, output } = context
  const url = baseUrl(options.url)
  const address = email.safeParse(options.email)
  if (!address.success) throw usage('--email is no e-mail address.')
  const days = Number(options.days)
  if (!(Number.isInteger(days) && days >= 1 && days <= 30)) throw usage('--days is a number from 1 to 30.')
  const password = await readSecret(context, { file: options.passwordFile, message: 'Password' })
  const code = options.codeFile === undefined ? await askCode(context) : await readText(options.codeFile)
  const issued = await openApi(context, url).call(identityOperations.signInForToken, {
    body: { email: address.data, password, code: code.trim(), scopes: [...scopes], days },
  })
  const { token, expires } = issued
  const api = createApi({ url, fetch: fetchOf(context), token, newId: randomId, client: 'cli' })
  const { account, name, organisation, roles } = await api.call(identityOperations.account, {})
  await home.writeToken({ token, scopes: issued.scopes, expires })
  await home.writeSettings({ url, email: address.data, account, organisation: organisation.id })
  output.result({
    value: { account, organisation: organisation.id, name, roles, expires },
    text: `Signed in as ${name}, ${organisation.name}, until ${dateInWords(expires)}.`,
  })
}

function askCode({ io }: Context): Promise<string> {
  return io.ask({ message: 'Code of your authenticator', secret: false })
}

/** Plain HTTP carries a password only on this machine. */
export function baseUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !isOwnAddress(text)) throw usage('--url must begin with https://.')
  return url.origin
}
