// The operator's script: an organisation exists, with the domains of its addresses, and one person holds a one-time invitation
// to administer it. Goes
// through commit like everything else, so both logs say that the operator did it.
import { parseArgs } from 'node:util'
import * as z from 'zod'
import type { NewInvitation } from '#domain/identity/changes.ts'
import { domain, domainOf } from '#domain/identity/domains.ts'
import {
  decideInviteAgain,
  decideRegisterDomains,
  decideRegisterOrganisation,
} from '#domain/organisations/decide-register.ts'
import { email, type Instant, line, type OrganisationId, organisationId, origin } from '#domain/values.ts'
import { instantOf, systemClock } from '#platform/clock.ts'
import { randomId } from '#platform/crypto.ts'
import { findTakenDomains, isRegistered, loadFirstAdministration } from '#store/domains.ts'
import { createDerivedSecrets, hashOf } from '../server/identity/derived-secrets.ts'
import { readSecret } from '../server/secrets.ts'
import { actAsOperator } from './operator.ts'
import { requireOptions } from './options.ts'

const HELP = `Registers an organisation and prints a one-time invitation for its first administrator. Hand the token over
yourself: who has it can set up the account. It works once, for seven days.

  node scripts/start.mjs scripts/organisation.ts --name NAME --administrator-email EMAIL --administrator-name NAME
  node scripts/start.mjs scripts/organisation.ts --organisation ID --domain DOMAIN
  node scripts/start.mjs scripts/organisation.ts --organisation ID --administrator-email EMAIL --administrator-name NAME

The second registers further domains. The third invites the first administrator anew, while there is no signed roster: the old
invitation is dead, and an account that was made with it has ended.

  --name NAME                  the organisation, as people know it
  --organisation ID            one that is registered
  --domain DOMAIN              of its people's addresses, which it invites within; may be repeated. Registering it, without
                               any: that of the administrator's address
  --administrator-email EMAIL  of its first administrator
  --administrator-name NAME    of its first administrator
  --database-url URL           as safehand_migrations (default: DATABASE_URL)
  --secrets FOLDER             the server's secrets (default: SAFEHAND_SECRETS)
  --origin ORIGIN              the installation's fixed name (default: SAFEHAND_ORIGIN)
  --json                       {"organisation", "token", "expires"} on one line`

const lifeMs = 7 * 24 * 3600 * 1000

const ofService = { 'database-url': z.url(), origin }
const ofInvitation = {
  ...{ 'administrator-email': email, 'administrator-name': line(120), secrets: z.string().min(1) },
}
const domains = z.array(domain).max(100)
const registering = z.object({ ...ofService, ...ofInvitation, name: line(120), domain: domains })
const invitingAgain = z.object({ ...ofService, ...ofInvitation, organisation: organisationId })
const addingDomains = z.object({ ...ofService, organisation: organisationId, domain: domains.min(1) })

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      name: text,
      organisation: text,
      domain: { ...text, multiple: true, default: [] },
      'administrator-email': text,
      'administrator-name': text,
      'database-url': { ...text, default: process.env.DATABASE_URL ?? '' },
      secrets: { ...text, default: process.env.SAFEHAND_SECRETS ?? '' },
      origin: { ...text, default: process.env.SAFEHAND_ORIGIN ?? '' },
    },
  })
  if (options.help) return console.log(HELP)
  const settings = { 'database-url': 'DATABASE_URL', secrets: 'SAFEHAND_SECRETS', origin: 'SAFEHAND_ORIGIN' }
  const say = (value: object, words: string) => console.log(options.json ? JSON.stringify(value) : words)
  if (options.organisation !== undefined && options.domain.length > 0) {
    const added = await addDomains(requireOptions(addingDomains, { options, settings }))
    return say(added, `Registered for ${added.organisation}: ${added.domains.join(', ')}`)
  }
  const invited =
    options.organisation === undefined
      ? await register(requireOptions(registering, { options, settings }))
      : await inviteAgain(requireOptions(invitingAgain, { options, settings }))
  say(
    invited,
    `Organisation: ${invited.organisation}
Invitation for ${options['administrator-email']}, until ${invited.expires}:
${invited.token}`,
  )
}

type OfInvitation = z.output<z.ZodObject<typeof ofInvitation>>

async function makeInvitation(given: OfInvitation, organisation: OrganisationId) {
  const shownOnce = createDerivedSecrets(await readSecret(given.secrets, 'tokens'))
  const id = randomId()
  const token = shownOnce.invitation(id)
  const expires = instantOf(systemClock.epochMs() + lifeMs) as Instant
  const invitation: NewInvitation = {
    id,
    tokenHash: hashOf(token),
    organisation,
    email: given['administrator-email'],
    name: given['administrator-name'],
    roles: ['organisation-administrator'],
    teams: [],
    firstAdministrator: true,
    expiresAt: expires,
  }
  return { invitation, told: { organisation, token, expires } }
}

async function register(given: z.output<typeof registering>) {
  const id = randomId() as OrganisationId
  const { invitation, told } = await makeInvitation(given, id)
  const its = given.domain.length > 0 ? given.domain : [domainOf(invitation.email)]
  await actAsOperator({
    url: given['database-url'],
    installation: given.origin,
    load: async (tx) => {
      const taken = await findTakenDomains(tx, { domains: its, organisation: null })
      return { id, name: given.name, domains: its, taken, invitation }
    },
    decide: decideRegisterOrganisation,
  })
  return told
}

async function inviteAgain(given: z.output<typeof invitingAgain>) {
  const { invitation, told } = await makeInvitation(given, given.organisation)
  await actAsOperator({
    url: given['database-url'],
    installation: given.origin,
    load: async (tx) => ({ ...(await loadFirstAdministration(tx, given.organisation)), invitation }),
    decide: decideInviteAgain,
  })
  return told
}

async function addDomains({ organisation, domain: its, ...given }: z.output<typeof addingDomains>) {
  await actAsOperator({
    url: given['database-url'],
    installation: given.origin,
    load: async (tx) => ({
      organisation,
      domains: its,
      exists: await isRegistered(tx, organisation),
      taken: await findTakenDomains(tx, { domains: its, organisation }),
    }),
    decide: decideRegisterDomains,
  })
  return { organisation, domains: its }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
