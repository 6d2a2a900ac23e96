// safehand roster: the administrator's key, and the signed list of who is in the organisation with which key
// (ARCHITECTURE.md#roster).
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { type Changing, type Joining, prepareNextRoster } from '#client/trust/next-roster.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import type { VerifiedOrganisation } from '#client/trust/verify-organisation.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import { verifyOrganisation } from '#client/trust/verify-organisation.ts'
import { encodeSigned } from '#contract/documents.ts'
import { type AwaitingPerson, organisationOperations } from '#contract/organisations.ts'
import type { Team } from '#domain/organisations/roster.ts'
import type { AccountId, Fingerprint } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import { dateInWords } from '#words/en/mail.ts'
import { type Context, readSecret, signedInApi, unlock } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { lockKey } from '../keys/key-envelope.ts'
import { makeKey } from '../keys/make-key.ts'
import { readable } from '../terminal/output.ts'
import { fetchOwnDocuments, loadOwnOrganisation, loadOwnStatements } from '../trust/own-organisation.ts'
import { type PersonRow, readPeopleFile } from '../trust/people-file.ts'
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
  const key = await makeKey(context, { name: `Roster key of ${email}` })
  await home.writeKey('roster-key', await lockKey({ key, passphrase }))
  if (certificateFile !== undefined) await writePrivate(certificateFile, key.certificate)
  output.result({ value: { fingerprint: key.fingerprint }, text: `Your roster key: ${readable(key.fingerprint)}` })
}

async function sign(context: Context, options: SignOptions): Promise<void> {
  const { io, output } = context
  const api = await signedInApi(context)
  const own = await fetchOwnDocuments(context, api)
  const statements = await loadOwnStatements(context, own)
  if (!statements) throw usage('There is no statement yet. Use: safehand organisation state')
  const last = own.documents.rosters.length > 0 ? await verifyLast(own) : null
  const { people, withdrawn } = await api.call(organisationOperations.awaiting, {})
  const rows = options.csv === undefined ? null : byEmail(await readPeopleFile(options.csv))
  const joining = await chooseJoining(context, { people, last, rows, options })
  const joins = new Set(joining.map(({ person }) => person.account))
  const leaving = new Set([...leavers(last, options.remove), ...withoutKey(context, { last, withdrawn })])
  const prepared = await prepareNextRoster({
    statements,
    last,
    joining,
    leaving,
    changing: changesOf({ rows, last }).filter(({ account }) => !leaving.has(account) && !joins.has(account)),
    teams: options.team,
    issued: io.now(),
    newSalt: () => randomBytes(32).toString('hex'),
    newId: randomId,
  })
  const { key } = await unlock(context, { name: 'roster-key', passphraseFile: options.passphraseFile })
  const signature = await key.sign({ bytes: prepared.bytes, at: io.now() })
  await api.call(organisationOperations.registerRoster, {
    body: {
      document: encodeSigned({ bytes: prepared.bytes, signature }),
      people: prepared.people.map((bytes) => ({ bytes: bytes.toBase64() })),
    },
  })
  const registered = await loadOwnOrganisation(context, api)
  output.result({ value: viewOf(registered), text: describe(registered) })
}

/** Expired, or signed by a key that was dropped since, it is still the one to follow: replacing it is the remedy. */
function verifyLast({ expected, documents }: Awaited<ReturnType<typeof fetchOwnDocuments>>) {
  return verifyOrganisation({ ...expected, forgiveExpiry: true, forgiveDroppedKey: true }, documents)
}

type Rows = ReadonlyMap<string, PersonRow>

function byEmail(rows: readonly PersonRow[]): Rows {
  return new Map(rows.map((row) => [row.email, row]))
}

interface Choosing extends Changed {
  readonly people: readonly AwaitingPerson[]
  readonly options: SignOptions
}

/** With a list, whoever it names, as it names them; without one, everyone who waits. */
async function chooseJoining(context: Context, { people, last, rows, options }: Choosing): Promise<readonly Joining[]> {
  const joining: Joining[] = []
  for (const person of people) {
    const row = rows?.get(person.email)
    if (rows && !row) context.output.note(`Not in the list, so not taken in: ${person.name} <${person.email}>`)
    if (rows && !row) continue
    const one = row ? { person: { ...person, name: row.name }, ...row } : { person, ...rightsOf(person, last) }
    if (await isCompared(context, { ...one, fingerprint: row?.fingerprint ?? null, yes: options.yes }))
      joining.push(one)
  }
  return joining
}

interface Comparing extends Joining {
  /** As the list has it; null: somebody is to be asked. */
  readonly fingerprint: Fingerprint | null
  readonly yes: true | undefined
}

/** Throws TrustRefused when the service has another key for somebody than the list. */
async function isCompared({ io, output }: Context, { fingerprint, yes, ...one }: Comparing): Promise<boolean> {
  const { name, certificate } = one.person
  if (fingerprint !== null) {
    if (fingerprint === certificate) return true
    throw new TrustRefused({ code: 'TRUST_CERTIFICATE', saw: `${name}: ${certificate}` })
  }
  output.note(describeJoining(one))
  return yes ?? io.confirm(`Did ${name} read you this fingerprint?`)
}

interface Changed {
  readonly last: VerifiedOrganisation | null
  readonly rows: Rows | null
}

/** Who stands in the last roster otherwise than in the list. */
function changesOf({ rows, last }: Changed): readonly Changing[] {
  if (!rows || !last) return []
  return last.roster.people.flatMap((before) => {
    const row = rows.get(before.email)
    const { account } = before
    return row && differs(row, { ...before, teams: teamNames(before, last.roster.teams) }) ? [{ account, ...row }] : []
  })
}

type Standing = Pick<Changing, 'name' | 'roles' | 'teams'>

function differs(row: Standing, before: Standing): boolean {
  const written = ({ name, roles, teams }: Standing) => JSON.stringify([name, roles.toSorted(), teams.toSorted()])
  return written(row) !== written(before)
}

/** Who comes again with another key keeps the rights of the last roster; the invitation proposes for newcomers alone. */
function rightsOf(person: AwaitingPerson, last: VerifiedOrganisation | null): Pick<Joining, 'roles' | 'teams'> {
  const before = last?.roster.people.find(({ account }) => account === person.account)
  if (!last || !before) return { roles: person.proposedRoles, teams: person.proposedTeams }
  return { roles: before.roles, teams: teamNames(before, last.roster.teams) }
}

/** The service may only take away: whoever it says has no key is left out, and the administrator is told. */
function withoutKey(
  { output }: Context,
  { last, withdrawn }: { readonly last: VerifiedOrganisation | null; readonly withdrawn: readonly AccountId[] },
): readonly AccountId[] {
  const people = last?.roster.people.filter(({ account }) => withdrawn.includes(account)) ?? []
  for (const { name, email } of people) output.note(`Without ${name} <${email}>: the key was revoked or has expired.`)
  return people.map(({ account }) => account)
}

function leavers(last: VerifiedOrganisation | null, emails: readonly string[]): readonly AccountId[] {
  return emails.map((email) => {
    const person = last?.roster.people.find((one) => one.email === email.toLowerCase())
    if (!person) throw usage(`${email} is not in the roster.`)
    return person.account
  })
}

function describeJoining({ person: { name, email, certificate }, roles, teams }: Joining): string {
  const inTeams = teams.length > 0 ? `, in ${teams.join(', ')}` : ''
  return `${name} <${email}>, ${roles.join(', ')}${inTeams}\n  ${readable(certificate)}`
}

async function show(context: Context): Promise<void> {
  const own = await loadOwnOrganisation(context, await signedInApi(context))
  context.output.result({ value: viewOf(own), text: describe(own) })
}

function viewOf({ organisation, name, root, roster }: VerifiedOrganisation) {
  return {
    organisation,
    name,
    root,
    sequence: roster.reference.sequence,
    hash: roster.reference.hash,
    expires: roster.expires,
    teams: roster.teams,
    people: roster.people.map(viewOfPerson),
  }
}

function viewOfPerson({ account, name, email, certificate, encryptionSubkey, roles, teams }: VerifiedPerson) {
  return { account, name, email, certificate, encryptionSubkey, roles, teams }
}

function describe({ name, roster }: VerifiedOrganisation): string {
  const people = roster.people.map((person) => {
    const rights = [...person.roles, ...teamNames(person, roster.teams)].join(', ')
    return `${person.name} <${person.email}>, ${rights}\n  ${readable(person.certificate)}`
  })
  return [`Roster ${roster.reference.sequence} of ${name}, until ${dateInWords(roster.expires)}`, ...people].join('\n')
}

function teamNames(person: VerifiedPerson, teams: readonly Team[]): readonly string[] {
  return teams.filter(({ id }) => person.teams.includes(id)).map((team) => team.name)
}
