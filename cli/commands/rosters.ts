// safehand roster: the administrator's key, and the signed list of who is in the organisation with which key
// (ARCHITECTURE.md#roster).
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { type Joining, prepareNextRoster, registerRoster } from '#client/trust/next-roster.ts'
import {
  fetchOwnDocuments,
  loadOwnOrganisation,
  loadOwnStatements,
  verifyLastRoster,
} from '#client/trust/own-organisation.ts'
import { planRoster, type RosterPlan } from '#client/trust/plan-roster.ts'
import type { VerifiedOrganisation } from '#client/trust/verify-organisation.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { randomId } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import { readable } from '#words/en/fingerprints.ts'
import { joiningWords, rosterWords } from '#words/en/organisations.ts'
import { type Context, readSecret, signedInApi, unlock } from '../context.ts'
import { lockKey } from '../keys/key-envelope.ts'
import { makeKey } from '#client/trust/key-life.ts'
import { usage } from '../terminal/exit-codes.ts'
import { ownOf } from '../trust/own-organisation.ts'
import { readPeopleFile } from '../trust/people-file.ts'
import { collect } from './account.ts'

interface CreateOptions {
  readonly passphraseFile?: string
  readonly certificateFile?: string
}

interface SignOptions {
  readonly passphraseFile?: string
  readonly team: readonly string[]
  readonly remove: readonly string[]
  readonly csv?: string
  readonly yes?: true
}

export function addRosterCommands(program: Command, context: Context): void {
  const roster = program.command('roster').description('who is in your organisation, with which key, role and team')
  roster
    .command('create-key')
    .description('make your roster key, locked by a passphrase; the root’s next statement must list it')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .option('--certificate-file <file>', 'write its public part to this file, for whoever holds the root')
    .action((options: CreateOptions) => createKey(context, options))
  roster
    .command('sign')
    .description('take in the people who wait, after comparing fingerprints, and sign the next roster')
    .option('--passphrase-file <file>', 'file with the roster key’s passphrase (otherwise you are asked)')
    .option('--team <name>', 'a team to have beside those there are; may be repeated', collect, [])
    .option('--remove <email>', 'somebody to leave out from now on; may be repeated', collect, [])
    .option(
      '--csv <file>',
      'take in and change the people it names: email,name,roles,teams and, if compared, fingerprint',
    )
    .option('--yes', 'take in everyone who waits without asking')
    .action((options: SignOptions) => sign(context, options))
  roster
    .command('show')
    .description('the current roster, verified from your pinned root')
    .action(() => show(context))
}

async function createKey(context: Context, { passphraseFile, certificateFile }: CreateOptions): Promise<void> {
  const { home, output } = context
  if (await home.findKey('roster-key')) throw usage('There is a roster key here already.')
  const { email } = await home.readSettings()
  const passphrase = await readSecret(context, { file: passphraseFile, message: 'New passphrase for the roster key' })
  const key = await makeKey(context.io.now(), { name: `Roster key of ${email}` })
  await home.writeKey('roster-key', await lockKey({ key, passphrase }))
  if (certificateFile !== undefined) await writePrivate(certificateFile, key.certificate)
  output.result({ value: { fingerprint: key.fingerprint }, text: `Your roster key: ${readable(key.fingerprint)}` })
}

async function sign(context: Context, options: SignOptions): Promise<void> {
  const { io } = context
  const api = await signedInApi(context)
  const own = ownOf(context, api)
  const documents = await fetchOwnDocuments(own)
  const statements = await loadOwnStatements(own, documents)
  if (!statements) throw usage('There is no statement yet. Use: safehand organisation state')
  const last = await verifyLastRoster(documents)
  const { people: awaiting, withdrawn } = await api.call(organisationOperations.awaiting, {})
  const rows = options.csv === undefined ? null : await readPeopleFile(options.csv)
  const plan = planRoster({ last, awaiting, withdrawn, rows, remove: options.remove })
  const joining = await chooseJoining(context, plan, options)
  const joins = new Set(joining.map(({ person }) => person.account))
  const prepared = await prepareNextRoster({
    statements,
    last,
    joining,
    leaving: plan.leaving,
    changing: plan.changing.filter(({ account }) => !plan.leaving.has(account) && !joins.has(account)),
    teams: options.team,
    issued: io.now(),
    newSalt: () => randomBytes(32).toString('hex'),
    newId: randomId,
  })
  const { key } = await unlock(context, { name: 'roster-key', passphraseFile: options.passphraseFile })
  await registerRoster({ api, key, at: io.now() }, prepared)
  sayRoster(context, await loadOwnOrganisation(own))
}

/** Tells who stays out, and asks for each fingerprint that no list has. */
async function chooseJoining(
  { io, output }: Context,
  { joining, notListed, withoutKey, unknown }: RosterPlan,
  { yes }: SignOptions,
): Promise<readonly Joining[]> {
  for (const { name, email } of notListed) output.note(`Not in the list, so not taken in: ${name} <${email}>`)
  const chosen: Joining[] = []
  for (const one of joining) {
    if (!one.isCompared) output.note(joiningWords(one))
    const question = `Did ${one.person.name} read you this fingerprint?`
    if (one.isCompared || yes || (await io.confirm(question))) chosen.push(one)
  }
  for (const email of unknown) throw usage(`${email} is not in the roster.`)
  for (const { name, email } of withoutKey)
    output.note(`Without ${name} <${email}>: the key was revoked or has expired.`)
  return chosen
}

async function show(context: Context): Promise<void> {
  sayRoster(context, await loadOwnOrganisation(ownOf(context, await signedInApi(context))))
}

function sayRoster({ output }: Context, own: VerifiedOrganisation): void {
  const { organisation, name, root, roster } = own
  const { reference, expires, teams } = roster
  const people = roster.people.map(({ account, name, email, certificate, encryptionSubkey, roles, teams }) => {
    return { account, name, email, certificate, encryptionSubkey, roles, teams }
  })
  output.result({
    value: { organisation, name, root, ...reference, expires, teams, people },
    text: rosterWords(own),
  })
}
