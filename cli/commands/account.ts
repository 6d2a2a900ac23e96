// safehand account: invite a colleague, or accept an invitation. Secrets go to files or the terminal, once.
import type { Command } from 'commander'
import { identityOperations } from '#contract/identity.ts'
import { role } from '#domain/organisations/roles.ts'
import { writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/mail.ts'
import { type Context, openApi, readSecret, readText, signedInApi } from '../context.ts'
import { usage } from '../exit-codes.ts'
import { baseUrl } from './sign-in.ts'

interface InviteOptions {
  readonly email: string
  readonly name: string
  readonly role: readonly string[]
  readonly team: readonly string[]
  readonly tokenFile?: string
}

interface AcceptOptions {
  readonly url: string
  readonly tokenFile: string
  readonly passwordFile?: string
  readonly secretsFile: string
}

export function addAccountCommands(program: Command, context: Context): void {
  const account = program.command('account').description('accounts of your organisation')
  account
    .command('invite')
    .description('invite a colleague; the roster you sign later gives the roles, not the invitation')
    .requiredOption('--email <email>', 'their work e-mail')
    .requiredOption('--name <name>', 'their name')
    .requiredOption('--role <role>', 'a role to propose; may be repeated', collect, [])
    .option('--team <name>', 'a team to propose, by name; may be repeated', collect, [])
    .option('--token-file <file>', 'write the one-time token to this file instead of showing it')
    .action((options: InviteOptions) => invite(context, options))
  account
    .command('accept')
    .description('accept an invitation: choose a password, receive the authenticator secret and one-time codes')
    .requiredOption('--url <url>', 'base URL of the service')
    .requiredOption('--token-file <file>', 'file with the token of the invitation')
    .option('--password-file <file>', 'file with your new password (otherwise you are asked)')
    .requiredOption('--secrets-file <file>', 'where to write the authenticator secret and the one-time codes')
    .action((options: AcceptOptions) => accept(context, options))
}

async function invite(context: Context, options: InviteOptions): Promise<void> {
  const api = await signedInApi(context)
  const { email, name, team: teams, tokenFile } = options
  const body = { email, name, roles: options.role.map(parseRole), teams: [...teams] }
  const { token, expires } = await api.call(identityOperations.invite, { body })
  if (tokenFile !== undefined) await writePrivate(tokenFile, `${token}\n`)
  const told = tokenFile === undefined ? { token } : { tokenFile }
  context.output.result({
    value: { email, expires, ...told },
    text: `Invited ${name} until ${dateInWords(expires)}. Give them this yourself, not by e-mail: ${tokenFile ?? token}`,
  })
}

async function accept(context: Context, options: AcceptOptions): Promise<void> {
  const url = baseUrl(options.url)
  const token = (await readText(options.tokenFile)).trim()
  const password = await readSecret(context, {
    file: options.passwordFile,
    message: 'New password (15 characters or more)',
  })
  const accepted = await openApi(context, url).call(identityOperations.acceptInvitation, { body: { token, password } })
  const { account, email, organisation, origin, totpSecret, totpUrl, codes } = accepted
  await writePrivate(options.secretsFile, `${JSON.stringify({ email, totpSecret, totpUrl, codes }, null, 2)}\n`)
  context.output.result({
    value: { account, email, organisation, origin, secretsFile: options.secretsFile },
    text: [
      `Your account ${email} at ${origin} is ready.`,
      `Put the secret in ${options.secretsFile} into your authenticator, keep the codes on paper, then delete the file.`,
    ].join('\n'),
  })
}

function parseRole(text: string) {
  const parsed = role.safeParse(text)
  if (!parsed.success) throw usage(`There is no role ${text}. Roles: ${role.options.join(', ')}.`)
  return parsed.data
}

/** For options that may be repeated. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value]
}
