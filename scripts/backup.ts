// `npm run backup`: PostgreSQL in one file, whole or not there at all; older ones go when their time is over. Bodies are
// never in it, and neither are sessions (ARCHITECTURE.md#restore). Wrapped keys are, which is why no backup outlives
// its days.
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { addDays } from '#domain/time.ts'
import { instant, sha256Hex } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { digestOf, type Manifest, readManifest, runOn } from './backup-file.ts'
import { requireOptions } from './options.ts'

const HELP = `Backs up the database to FOLDER/TIME.dump (pg_dump's own format), beside it TIME.json with its SHA-256, and
deletes backups that are older than their days.

  npm run backup -- --folder FOLDER [--days N] [--database-url URL] [--pg-dump PROGRAM]

  --folder FOLDER       where to, mode 0700: on an encrypted disk, away from the service's own machines
  --days N              how long this backup is kept (default and most: 35, as destruction certificates say)
  --database-url URL    as safehand_migrations (default: DATABASE_URL)
  --pg-dump PROGRAM     of the database's version or newer (default: pg_dump)

Not in it: the files people sent (they are sent again), sessions, the secrets and the service keys. Keep those apart: who
has both can sign in as anyone. What happens between two backups is in the copy of the logs: SAFEHAND_LOG_COPY.`

const settings = z.object({
  folder: z.string().min(1),
  days: z.coerce.number().int().min(1).max(35),
  'database-url': z.url(),
  'pg-dump': z.string().min(1),
})
type Settings = z.output<typeof settings>

/** What ends with the process that made it, and must not come back. */
const leftOut = ['public.session', 'public.throttle', 'public.key_proof']

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      folder: text,
      days: { ...text, default: '35' },
      'database-url': { ...text, default: process.env.DATABASE_URL ?? '' },
      'pg-dump': { ...text, default: 'pg_dump' },
    },
  })
  if (options.help) return console.log(HELP)
  const given = requireOptions(settings, { options, settings: { 'database-url': 'DATABASE_URL' } })
  console.log(`Backed up to ${await backUp(given)}.`)
  for (const dump of await deleteOld(given.folder)) console.log(`Deleted ${dump}: its days are over.`)
}

async function backUp({ folder, days, 'database-url': url, 'pg-dump': program }: Settings): Promise<string> {
  await makePrivateFolder(folder)
  process.umask(0o077)
  const made = instant.parse(systemClock.now())
  const name = made.replaceAll(':', '')
  const dump = join(folder, `${name}.dump`)
  const temporary = `${dump}.part`
  try {
    const tables = leftOut.map((table) => `--exclude-table-data=${table}`)
    await runOn(url, { program, args: ['--format=custom', `--file=${temporary}`, ...tables] })
    const sha256 = sha256Hex.parse(await digestOf(temporary))
    await rename(temporary, dump)
    const said: Manifest = { dump: `${name}.dump`, sha256, made, deleteAfter: addDays(made, days) }
    await writePrivate(join(folder, `${name}.json`), `${JSON.stringify(said, null, 2)}\n`)
  } finally {
    await rm(temporary, { force: true })
  }
  return dump
}

async function deleteOld(folder: string): Promise<string[]> {
  const now = systemClock.now()
  const deleted: string[] = []
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json'))) {
    const { dump, deleteAfter } = await readManifest(join(folder, name))
    if (deleteAfter > now) continue
    await rm(join(folder, dump), { force: true })
    await rm(join(folder, name))
    deleted.push(dump)
  }
  return deleted
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
