// safehand account: invite a colleague, or accept an invitation. Secrets go to files or the terminal, once.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Api, RefusedByServer } from '#client/api.ts'
import { identityOperations } from '#contract/identity.ts'
import { role } from '#domain/roles.ts'
import { randomId } from '#platform/crypto.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/mail.ts'
import { type Context, openApi, readSecret, readText, signedInApi } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import type { PersonRow } from '#domain/organisations/people-list.ts'
import { readPeopleFile } from '../trust/people-file.ts'
import { startProgress } from '../terminal/progress.ts'
import { baseUrl } from './sign-in.ts'

interface InviteOptions {
  readonly email?: string
  readonly name?: string
  readonly role: readonly string[]
  readonly team: readonly string[]
  readonly tokenFile?: string
  readonly csv?: string
  readonly tokensFolder?: string
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
    .option('--email <email>', 'their work e-mail')
    .option('--name <name>', 'their name')
    .option('--role <role>', 'a role to propose; may be repeated', collect, [])
    .option('--team <name>', 'a team to propose, by name; may be repeated', collect, [])
    .option('--token-file <file>', 'write the one-time token to this file instead of showing it')
    .option('--csv <file>', 'instead of one: everyone in this list; columns email,name,roles,teams')
    .option('--tokens-folder <folder>', 'with --csv: where the one-time tokens go, a file for each person')
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
  const { email, name, team: teams, tokenFile, csv, tokensFolder } = options
  if (csv !== undefined && tokensFolder !== undefined) return inviteAll(context, { csv, folder: tokensFolder })
  if (csv !== undefined || tokensFolder !== undefined) throw usage('--csv and --tokens-folder go together.')
  if (email === undefined || name === undefined || options.role.length === 0) {
    throw usage('Name one person with --email, --name and --role, or a list with --csv and --tokens-folder.')
  }
  const api = await signedInApi(context)
  const body = { email, name, roles: options.role.map(parseRole), teams: [...teams] }
  const { token, expires } = await api.call(identityOperations.invite, { body })
  if (tokenFile !== undefined) await writePrivate(tokenFile, `${token}\n`)
  const told = tokenFile === undefined ? { token } : { tokenFile }
  context.output.result({
    value: { email, expires, ...told },
    text: `Invited ${name} until ${dateInWords(expires)}. Give them this yourself, not by e-mail: ${tokenFile ?? token}`,
  })
}

interface InvitingAll {
  readonly csv: string
  readonly folder: string
}

/** Begun twice, or broken off, it invites nobody twice: whose token is in the folder, and who has an account, is left out. */
async function inviteAll(context: Context, { csv, folder }: InvitingAll): Promise<void> {
  const people = await readPeopleFile(csv)
  const api = await signedInApi(context)
  await makePrivateFolder(folder)
  const counts = { invited: 0, before: 0 }
  const progress = startProgress(context, { label: 'Inviting', total: people.length })
  for (const [index, person] of people.entries()) {
    counts[await inviteRow(api, { person, tokenFile: join(folder, `${person.email}.token`) })] += 1
    progress.at(index + 1)
  }
  progress.stop()
  context.output.result({
    value: { ...counts, folder },
    text: `Invited ${counts.invited} people; ${counts.before} had been before. Give each their own file in ${folder} yourself, not by e-mail.`,
  })
}

interface InvitingRow {
  readonly person: PersonRow
  readonly tokenFile: string
}

async function inviteRow(api: Api, { person, tokenFile }: InvitingRow): Promise<'invited' | 'before'> {
  if (await findText(tokenFile)) return 'before'
  // Kept before the call: broken off, the same call is made again and gives the same token.
  const idempotencyKey = (await findText(`${tokenFile}.pending`)) ?? randomId()
  await writePrivate(`${tokenFile}.pending`, idempotencyKey)
  const { email, name, roles, teams } = person
  const found = await api
    .call(identityOperations.invite, { body: { email, name, roles, teams }, idempotencyKey })
    .catch(hasAccount)
  if (found) await writePrivate(tokenFile, `${found.token}\n`)
  await rm(`${tokenFile}.pending`)
  return found ? 'invited' : 'before'
}

function hasAccount(error: unknown): null {
  if (error instanceof RefusedByServer && error.code === 'ACCOUNT_EXISTS') return null
  throw error
}

async function findText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
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
