// `safehand roster sign`: the next roster, from the last signed one and what the administrator does about people by name.
import { randomBytes } from 'node:crypto'
import type { Joining } from '#client/trust/next-roster.ts'
import { prepareNextRoster, registerRoster } from '#client/trust/next-roster.ts'
import {
  fetchOwnDocuments,
  loadOwnOrganisation,
  loadOwnStatements,
  verifyLastRoster,
} from '#client/trust/own-organisation.ts'
import { type Candidate, planRoster, type RosterPlan } from '#client/trust/plan-roster.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { email, fingerprint, type Fingerprint } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { joiningWords, leavingWords, returningWords } from '#words/en/organisations.ts'
import { type Context, signedInApi, unlock } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { ownOf } from '../../trust/own-organisation.ts'
import { readPeopleFile } from '../../trust/people-file.ts'
import { sayRoster } from './show.ts'

export interface SignOptions {
  readonly passphraseFile?: string
  readonly team: readonly string[]
  readonly takeIn: readonly string[]
  readonly remove: readonly string[]
  readonly csv?: string
  readonly yes?: true
}

export async function sign(context: Context, options: SignOptions): Promise<void> {
  const { io, home } = context
  const takeIn = readTakeIn(options.takeIn)
  const api = await signedInApi(context)
  const own = ownOf(context, api)
  const documents = await fetchOwnDocuments(own)
  const statements = await loadOwnStatements(own, documents)
  if (!statements) throw usage('There is no statement yet. Use: safehand organisation state')
  const last = await verifyLastRoster(documents)
  const { people: awaiting, withdrawn } = await api.call(organisationOperations.awaiting, {})
  const rows = options.csv === undefined ? null : await readPeopleFile(options.csv)
  const ownKey = (await home.findKey('key'))?.fingerprint ?? null
  const plan = planRoster({ last, awaiting, withdrawn, rows, takeIn, own: ownKey, remove: options.remove })
  const { joining, waiting } = await chooseJoining(context, plan, options)
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
  await registerRoster({ api, key, at: io.now() }, { ...prepared, mayReturn: plan.mayReturn })
  sayRoster(context, await loadOwnOrganisation(own), {
    waiting: waiting.map(({ person: { name, email, certificate }, left }) => ({ name, email, certificate, left })),
  })
}

/** `EMAIL` or `EMAIL=FINGERPRINT`. */
function readTakeIn(given: readonly string[]): ReadonlyMap<string, Fingerprint | null> {
  return new Map(
    given.map((one) => {
      const [address = '', shown] = one.split('=')
      const found = email.safeParse(address.trim())
      if (!found.success) throw usage(`--take-in ${one}: ${address} is no e-mail address.`)
      if (shown === undefined) return [found.data, null]
      const compared = fingerprint.safeParse(shown.replaceAll(/\s/g, '').toLowerCase())
      if (!compared.success) throw usage(`--take-in ${one}: what follows = is no full fingerprint.`)
      return [found.data, compared.data]
    }),
  )
}

/** Tells who leaves and who stays out; asks about each who waits, by name, unless the administrator named them. */
async function chooseJoining(
  context: Context,
  { joining, notListed, withoutKey, removed, unknown, notWaiting }: RosterPlan,
  options: SignOptions,
): Promise<{ readonly joining: readonly Joining[]; readonly waiting: readonly Candidate[] }> {
  const { output } = context
  for (const address of unknown)
    throw usage(`${address} is not in the roster. To end an account that is in none: safehand account deactivate`)
  for (const address of notWaiting)
    throw usage(`Nobody waits as ${address}: they are invited, accept, make a key and prove it first.`)
  for (const person of notListed) output.note(leavingWords.notListed(person))
  const chosen: Candidate[] = []
  for (const one of joining) if (await isTakenIn(context, one, options)) chosen.push(one)
  const waiting = joining.filter((one) => !chosen.includes(one))
  for (const { person } of waiting) output.note(leavingWords.notTakenIn(person))
  for (const person of removed) output.note(leavingWords.removed(person))
  for (const person of withoutKey) if (!removed.includes(person)) output.note(leavingWords.withoutKey(person))
  return { joining: chosen, waiting }
}

async function isTakenIn({ io, output }: Context, one: Candidate, { yes }: SignOptions): Promise<boolean> {
  const { person, isCompared, isNamed, left } = one
  if (!isCompared || left) output.note(joiningWords(one))
  if (left) output.note(returningWords(person, left))
  if (isNamed && (isCompared || yes)) return true
  if (yes) return false
  return io.confirm(`Take in ${person.name} <${person.email}>, who read you this fingerprint?`)
}
