// `npm run migrate`: makes the roles, sets their passwords, runs the migrations. Safe to run again; forward only.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { type LoginRole, loginRoles, migrate } from '#store/migrate.ts'
import { databaseOf, requireOptions } from './options.ts'

const HELP = `Brings Safehand's database to the newest form.

  npm run migrate -- --passwords FILE [--database-url URL] [--database NAME]

  --passwords FILE      JSON, readable by you alone: {"migrations": "...", "server": "...", "scanner": "...",
                        "housekeeper": "..."}. "migrations" is always needed; a login left out keeps its password.
  --database-url URL    of a login that may create roles and owns the database (default: DATABASE_URL)
  --database NAME       another one of the same server, for a drill

Safe to run again: what was done before is not done twice, and a migration that fails changes nothing.`

const settings = z.object({ passwords: z.string().min(1), 'database-url': z.url() })

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      passwords: { type: 'string' },
      'database-url': { type: 'string', default: process.env.DATABASE_URL ?? '' },
      database: { type: 'string' },
    },
  })
  if (options.help) return console.log(HELP)
  const given = requireOptions(settings, { options, settings: { 'database-url': 'DATABASE_URL' } })
  const administratorUrl = databaseOf(given['database-url'], options.database)
  const done = await migrate({ administratorUrl, passwords: await readPasswords(given.passwords) })
  console.log(done.length === 0 ? 'The database is in its newest form.' : `Done: ${done.join(', ')}`)
}

async function readPasswords(path: string): Promise<{ migrations: string } & Partial<Record<LoginRole, string>>> {
  const given = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
  const known: readonly string[] = loginRoles
  for (const [role, password] of Object.entries(given)) {
    if (!known.includes(role)) throw new Error(`${path}: there is no login called ${role}`)
    if (typeof password !== 'string' || password.length < 16) {
      throw new Error(`${path}: the password of ${role} must have at least 16 characters`)
    }
  }
  if (given.migrations === undefined) throw new Error(`${path}: "migrations" is missing`)
  return given as { migrations: string } & Partial<Record<LoginRole, string>>
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
