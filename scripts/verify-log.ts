// Verifies an exported log without the service: `safehand audit verify` for those who have no command line set up.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { instant } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { createGpg } from '#platform/gpg.ts'
import { runCli } from '../cli/program.ts'

const HELP = `Verifies an exported audit log, offline. The same function as: safehand audit verify FOLDER

  node scripts/start.mjs scripts/verify-log.ts FOLDER [--home FOLDER] [--earlier CHECKPOINT]... [--entries] [--json]

  FOLDER                what safehand audit export wrote
  --home FOLDER         whose pinned root the agreement is verified under (default: SAFEHAND_HOME, ~/.safehand);
                        without one the answer is "key not pinned"
  --earlier CHECKPOINT  a checkpoint, or the folder of an export, from before: the log must begin with it
  --entries             print what the log says, entry by entry
  --json                print one JSON value

Changes nothing in FOLDER; in the home it keeps what it saw of the log, as the command does. Ends with 0 when verified, 7
when something is missing, 4 when the log is bad or its key is not pinned.`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      home: { type: 'string' },
      earlier: { type: 'string', multiple: true, default: [] },
      entries: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(HELP)
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) throw new Error('say which folder; see --help')
  const earlier = values.earlier.flatMap((path) => ['--earlier', path])
  const flags = [...(values.entries ? ['--entries'] : []), ...(values.json ? ['--json'] : [])]
  process.exitCode = await runCli(['audit', 'verify', folder, ...earlier, ...flags], {
    home: values.home ?? process.env.SAFEHAND_HOME ?? join(homedir(), '.safehand'),
    out: console.log,
    error: console.error,
    ask: () => Promise.reject(new Error('nothing is asked here')),
    confirm: () => Promise.reject(new Error('nothing is asked here')),
    now: () => instant.parse(systemClock.now()),
    fetch: () => Promise.reject(new Error('verifying is offline')),
    gpg: createGpg({ program: 'gpg' }),
    interactive: false,
    signal: new AbortController().signal,
  })
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
})
