// `safehand roster sign`: takes in who waits, after comparing fingerprints, and signs the next roster.
import { randomBytes } from 'node:crypto'
import { type Joining, prepareNextRoster, registerRoster } from '#client/trust/next-roster.ts'
import {
  fetchOwnDocuments,
  loadOwnOrganisation,
  loadOwnStatements,
  verifyLastRoster,
} from '#client/trust/own-organisation.ts'
import { planRoster, type RosterPlan } from '#client/trust/plan-roster.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { randomId } from '#platform/crypto.ts'
import { joiningWords } from '#words/en/organisations.ts'
import { type Context, signedInApi, unlock } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { ownOf } from '../../trust/own-organisation.ts'
import { readPeopleFile } from '../../trust/people-file.ts'
import { sayRoster } from './show.ts'

export interface SignOptions {
  readonly passphraseFile?: string
  readonly team: readonly string[]
  readonly remove: readonly string[]
  readonly csv?: string
  readonly yes?: true
}

export async function sign(context: Context, options: SignOptions): Promise<void> {
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
