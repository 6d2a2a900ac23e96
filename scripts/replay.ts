// `npm run replay`: holds a restored database against the copy of its logs, puts back what came after the backup, and opens it.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { publicKeys } from '#contract/service.ts'
import { replayEntries } from '#domain/service/replay.ts'
import { decideOpen, type ReplayFacts } from '#domain/service/restore.ts'
import { folderLogCopy } from '#platform/log-copy.ts'
import type { Tx } from '#store/database.ts'
import { replayLogs } from '../worker/housekeeper/audit/replay.ts'
import { actAsOperator } from './operator.ts'
import { databaseOf, requireOptions } from './options.ts'

const HELP = `Replays the copy of the logs over a restored database and opens it. Every piece of the copy is verified first; the
logs become what they were, what ended after the backup ends again, what was fetched counts as fetched, what was revoked
is revoked again.

  npm run replay -- --log-copy FOLDER --public-keys FILE [--accept-loss] [--database-url URL]
                    [--database NAME]

  --log-copy FOLDER     what the housekeeper wrote (default: SAFEHAND_LOG_COPY)
  --public-keys FILE    public.json of scripts/service-keys.ts (default: SAFEHAND_PUBLIC_KEYS)
  --accept-loss         opens although statements or rosters were registered after the backup: it has only older
                        ones, which may name people who have left. They count as expired; their administrators
                        register the next. Better: restore a newer backup, or to a later point in time.
  --database-url URL    as safehand_migrations (default: DATABASE_URL)
  --database NAME       another one of the same server, for a drill

It changes everything or nothing, and is safe to run again. Then start the processes.`

const settings = z.object({
  'log-copy': z.string().min(1),
  'public-keys': z.string().min(1),
  'accept-loss': z.boolean(),
  'database-url': z.url(),
})
type Settings = z.output<typeof settings>

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      'log-copy': { ...text, default: process.env.SAFEHAND_LOG_COPY ?? '' },
      'public-keys': { ...text, default: process.env.SAFEHAND_PUBLIC_KEYS ?? '' },
      'accept-loss': { type: 'boolean', default: false },
      database: text,
      'database-url': { ...text, default: process.env.DATABASE_URL ?? '' },
    },
  })
  if (options.help) return console.log(HELP)
  const given = requireOptions(settings, {
    options,
    settings: {
      'log-copy': 'SAFEHAND_LOG_COPY',
      'public-keys': 'SAFEHAND_PUBLIC_KEYS',
      'database-url': 'DATABASE_URL',
    },
  })
  report(await replay({ ...given, 'database-url': databaseOf(given['database-url'], options.database) }))
}

async function replay(given: Settings): Promise<ReplayFacts> {
  const keys = publicKeys.parse(JSON.parse(await readFile(given['public-keys'], 'utf8')))
  const copy = folderLogCopy(given['log-copy'])
  const publicKey = Uint8Array.fromBase64(keys.log.publicKey)
  const load = async (tx: Tx) => {
    const entries = await replayLogs(tx, { copy, publicKey })
    const replayed = replayEntries(entries)
    if (replayed.registered.size > 0 && !given['accept-loss']) throw new Error(lossOf([...replayed.registered]))
    return { entries: entries.length, replayed }
  }
  return actAsOperator({ url: given['database-url'], installation: keys.origin, load, decide: decideOpen })
}

function lossOf(organisations: readonly string[]): string {
  return `After the backup these organisations registered a statement or a roster that it does not have:
  ${organisations.join('\n  ')}
Nothing was changed. Restore a newer backup, or say --accept-loss (see --help).`
}

function report({ entries, replayed }: ReplayFacts): void {
  const { ended, fetched, copies, revoked, wentOn, registered } = replayed
  const again = new Set(fetched.map(({ transfer }) => transfer))
  console.log(
    `${entries} entries came back. ${ended.size} transfers ended again, ${again.size} count as fetched again, ${revoked.size} keys were revoked again.`,
  )
  if (copies.size > 0)
    console.log(
      `Recalled after they had been fetched. Tell their senders to ask for the copies’ destruction by phone:\n  ${[...copies].join('\n  ')}`,
    )
  if (wentOn.size > 0)
    console.log(`Tell their senders to look, and to send again what stands still:\n  ${[...wentOn].join('\n  ')}`)
  if (registered.size > 0)
    console.log(`Their administrators must register a roster:\n  ${[...registered].join('\n  ')}`)
  console.log('The database is open. Start the processes.')
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
