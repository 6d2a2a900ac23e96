// `npm run restore`: a backup into an empty database, which is closed before anyone can work on it. `npm run replay` opens it
// (ARCHITECTURE.md#restore): without the copy of the logs nobody knows what the backup has forgotten.
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import * as z from 'zod'
import { decideClose } from '#domain/service/restore.ts'
import { origin } from '#domain/values.ts'
import { prepareRoles } from '#store/migrate.ts'
import { digestOf, readManifest, runOn } from './backup-file.ts'
import { actAsOperator } from './operator.ts'
import { databaseOf, requireOptions } from './options.ts'

const HELP = `Restores a backup into an empty database and closes it: everyone is signed out, and every process refuses to work
on it until the logs have been replayed over it (npm run replay). Stop the processes first.

  npm run restore -- --backup FOLDER/TIME.json --database-url URL [--database NAME] [--origin ORIGIN]
                     [--pg-restore PROGRAM]

  --backup FILE         the manifest that npm run backup wrote; the dump beside it must have its SHA-256
  --database-url URL    the empty database, as a login that may create roles and owns it (default: DATABASE_URL)
  --database NAME       another one of the same server, for a drill
  --origin ORIGIN       the installation's fixed name (default: SAFEHAND_ORIGIN)
  --pg-restore PROGRAM  of the version that made the dump, or newer (default: pg_restore)

Afterwards: npm run migrate, which also sets the logins' passwords, and npm run replay.`

const settings = z.object({
  backup: z.string().min(1),
  'database-url': z.url(),
  origin,
  'pg-restore': z.string().min(1),
})
type Settings = z.output<typeof settings>

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      backup: text,
      database: text,
      'database-url': { ...text, default: process.env.DATABASE_URL ?? '' },
      origin: { ...text, default: process.env.SAFEHAND_ORIGIN ?? '' },
      'pg-restore': { ...text, default: 'pg_restore' },
    },
  })
  if (options.help) return console.log(HELP)
  const given = requireOptions(settings, {
    options,
    settings: { 'database-url': 'DATABASE_URL', origin: 'SAFEHAND_ORIGIN' },
  })
  const made = await restore({ ...given, 'database-url': databaseOf(given['database-url'], options.database) })
  console.log(`The database is as it was at ${made}, and closed. Next: npm run migrate, then npm run replay.`)
}

async function restore({ backup, 'database-url': url, origin: installation, 'pg-restore': program }: Settings) {
  const { dump, sha256, made } = await readManifest(backup)
  const path = join(dirname(backup), dump)
  if ((await digestOf(path)) !== sha256) throw new Error(`${path} is not what was backed up: its SHA-256 differs`)
  await requireEmpty(url)
  await prepareRoles(url, {})
  // All or nothing: a restore that was cut short leaves an empty database.
  await runOn(url, { program, args: ['--single-transaction', '--exit-on-error', `--dbname=${nameOf(url)}`, path] })
  await actAsOperator({ url, installation, load: async () => undefined, decide: decideClose })
  return made
}

async function requireEmpty(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query("select from pg_tables where schemaname in ('public', 'audit') limit 1")
    if (rowCount !== 0) throw new Error('this database is not empty; nothing was changed. Make a new one, and name it')
  } finally {
    await client.end()
  }
}

const nameOf = (url: string) => decodeURIComponent(new URL(url).pathname.slice(1))

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
