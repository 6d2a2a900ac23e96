// `safehand account invite`: a colleague, or everyone in a list.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Api, RefusedByServer } from '#client/api.ts'
import { identityOperations } from '#contract/identity.ts'
import { role } from '#domain/roles.ts'
import { randomId } from '#platform/crypto.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/dates.ts'
import type { PersonRow } from '#domain/organisations/people-list.ts'
import { type Context, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { readPeopleFile } from '../../trust/people-file.ts'
import { startProgress } from '../../terminal/progress.ts'

export interface InviteOptions {
  readonly email?: string
  readonly name?: string
  readonly role: readonly string[]
  readonly team: readonly string[]
  readonly tokenFile?: string
  readonly csv?: string
  readonly tokensFolder?: string
}

export async function invite(context: Context, options: InviteOptions): Promise<void> {
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

function parseRole(text: string) {
  const parsed = role.safeParse(text)
  if (!parsed.success) throw usage(`There is no role ${text}. Roles: ${role.options.join(', ')}.`)
  return parsed.data
}
