// The operator's script: an organisation exists, and one person holds a one-time invitation to administer it. Goes
// through commit like everything else, so both logs say that the operator did it.
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { decideRegisterOrganisation } from '#domain/organisations/decide-register.ts'
import { email, type Instant, line, type OrganisationId, origin } from '#domain/values.ts'
import { instantOf, systemClock } from '#platform/clock.ts'
import { randomId } from '#platform/crypto.ts'
import { createDerivedSecrets, hashOf } from '../server/identity/derived-secrets.ts'
import { readSecret } from '../server/secrets.ts'
import { actAsOperator } from './operator.ts'
import { requireOptions } from './options.ts'

const HELP = `Registers an organisation and prints a one-time invitation for its first administrator. Hand the token over
yourself: who has it can set up the account. It works once, for seven days.

  node scripts/start.mjs scripts/organisation.ts --name NAME --administrator-email EMAIL --administrator-name NAME

  --name NAME                  the organisation, as people know it
  --administrator-email EMAIL  of its first administrator
  --administrator-name NAME    of its first administrator
  --database-url URL           as safehand_migrations (default: DATABASE_URL)
  --secrets FOLDER             the server's secrets (default: SAFEHAND_SECRETS)
  --origin ORIGIN              the installation's fixed name (default: SAFEHAND_ORIGIN)
  --json                       {"organisation", "token", "expires"} on one line`

const lifeMs = 7 * 24 * 3600 * 1000

const settings = z.object({
  name: line(120),
  'administrator-email': email,
  'administrator-name': line(120),
  'database-url': z.url(),
  secrets: z.string().min(1),
  origin,
})

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      name: text,
      'administrator-email': text,
      'administrator-name': text,
      'database-url': { ...text, default: process.env.DATABASE_URL ?? '' },
      secrets: { ...text, default: process.env.SAFEHAND_SECRETS ?? '' },
      origin: { ...text, default: process.env.SAFEHAND_ORIGIN ?? '' },
    },
  })
  if (options.help) return console.log(HELP)
  const given = requireOptions(settings, {
    options,
    settings: { 'database-url': 'DATABASE_URL', secrets: 'SAFEHAND_SECRETS', origin: 'SAFEHAND_ORIGIN' },
  })
  const registered = await register(given)
  if (options.json) return console.log(JSON.stringify(registered))
  console.log(`Organisation: ${registered.organisation}
Invitation for ${given['administrator-email']}, until ${registered.expires}:
${registered.token}`)
}

async function register(given: z.output<typeof settings>) {
  const shownOnce = createDerivedSecrets(await readSecret(given.secrets, 'tokens'))
  const organisation = randomId() as OrganisationId
  const invitation = randomId()
  const token = shownOnce.invitation(invitation)
  const expires = instantOf(systemClock.epochMs() + lifeMs) as Instant
  const asked = {
    id: organisation,
    name: given.name,
    invitation: {
      id: invitation,
      tokenHash: hashOf(token),
      organisation,
      email: given['administrator-email'],
      name: given['administrator-name'],
      roles: ['organisation-administrator'],
      teams: [],
      firstAdministrator: true,
      expiresAt: expires,
    },
  } as const
  await actAsOperator({
    url: given['database-url'],
    installation: given.origin,
    load: async () => asked,
    decide: decideRegisterOrganisation,
  })
  return { organisation, token, expires }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
