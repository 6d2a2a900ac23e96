// `npm run bench`: how fast and how large, always as a ratio to something plain measured in the same run
// (ARCHITECTURE.md#measures). Figures of one machine say little; a ratio can be compared. Parts, people and files are
// made for the run and go with it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openProfiling, type Profiling } from '../tests/bench/profile.ts'
import { measureRows, type Sizes } from '../tests/bench/rows.ts'
import { openSite, type Site, type SiteOptions } from '../tests/bench/site.ts'
import { measureSizes, type SizeMeasured, type SizeName, sizeNames } from '../tests/bench/sizes.ts'
import { formatTable } from '../tests/bench/table.ts'
import { startServices, type Values } from './services.ts'

const HELP = `Measures Safehand beside plain references, both in turn in the same run; medians.

  npm run bench [-- --short | --tiny] [--profile] [--into FILE]
  npm run bench -- --sizes [--only NAME ...] [--into FILE]

  (neither)     half an hour; a transfer of 4 GiB for its memory, files of 512 MiB for speed; 20 GiB of disk
  --short       smaller files and fewer rounds: less than ten minutes, rougher; 4 GiB of disk
  --tiny        as little as there can be: shows that everything is measured, says nothing of speed
  --profile     what missed its goal leaves CPU profiles of its processes in .bench/profiles, and their functions that took
                most in .bench/profile.txt. It costs speed and memory itself
  --sizes       instead: files that are large in themselves, the whole way by people's commands, and what each process held
                at most, beside the same way with 16 MiB. The file is written from a seeded stream, and removed once it
                is uploaded: twice its size of disk
  --only NAME   of the sizes these (several times for several):
                scanned  2,000 MiB of CSV, as much as goes in one scan; some minutes
                windows  4 GiB of CSV, scanned in windows of 1 GiB; a quarter of an hour
                held     10 GiB, which no scan takes: held, released by an approver; half an hour
  --into FILE   where the rows go as JSON (default: .bench/results.json, .bench/sizes.json)

memory      the most that each process held for a large transfer, beside the same for 16 MiB; for many transfers at
            once, beside one alone. clamd's apart
encrypt     our envelope in memory, beside bare AES-256-GCM of node:crypto, and beside gpg --encrypt without compression
upload      through the real server and file store, beside a bare Node server with the same writes and fsyncs
download    the same way back
scan        what the scanner does with one file, beside clamd alone on the same plaintext
whole job   the commands send and collect with all that is between them, beside a shell pipeline: gpg, curl to the bare
            server, clamd on the plain file, curl, gpg. In seconds, less is better
log append  entries in the log under a signed checkpoint, beside raw INSERTs of as many octets
start       the built safehand with --help and with status of a transfer, beside a Node that does nothing: CPU time

Starts its own parts and a whole Safehand on loopback, on free ports, with data in temporary folders that go at the end
(TMPDIR says where; Linux only: memory and CPU time are read from /proc). Settings that point to parts of your own are
taken as in the demo. Ends by itself; what missed its goal is said, and is no failure.`

const mebibytes = (mib: number) => ({ encrypt: mib, carry: mib, scan: mib, wholeJob: mib })

const sizes = {
  long: { rounds: 5, ...mebibytes(512), memory: 4096, atOnce: { mib: 64, many: 20 }, logEntries: 5000, starts: 15 },
  short: { rounds: 3, ...mebibytes(128), memory: 512, atOnce: { mib: 16, many: 20 }, logEntries: 2000, starts: 9 },
  tiny: { rounds: 1, ...mebibytes(8), memory: 24, atOnce: { mib: 1, many: 3 }, logEntries: 100, starts: 1 },
} as const satisfies Record<string, Sizes>

const options = {
  help: { type: 'boolean', short: 'h' },
  short: { type: 'boolean' },
  tiny: { type: 'boolean' },
  profile: { type: 'boolean' },
  sizes: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  into: { type: 'string' },
} as const

const largeSizes: Readonly<Record<SizeName, number>> = { scanned: 2000, windows: 4096, held: 10_240 }

async function main(): Promise<void> {
  const { values } = parseArgs({ options })
  if (values.help) return console.log(HELP)
  if (values.sizes) return runSizes({ only: namedSizes(values.only), into: values.into ?? '.bench/sizes.json' })
  const into = values.into ?? '.bench/results.json'
  await mkdir('.bench', { recursive: true })
  const profiling = values.profile ? await openProfiling('.bench') : undefined
  const chosen = values.tiny ? sizes.tiny : values.short ? sizes.short : sizes.long
  const rows = await withSite(
    (site, services) => measureRows({ sizes: chosen, site, services, doing, profiling }),
    profiling && profiled(profiling),
  )
  console.log(`\n${formatTable(rows)}`)
  await writeFile(into, `${JSON.stringify({ rows }, null, 2)}\n`)
  console.log(`\nAlso in ${into}.`)
  if (profiling) console.log(`Where the time went, for what missed its goal: ${await profiling.report()}.`)
}

function namedSizes(names: readonly string[] = sizeNames): SizeName[] {
  const unknown = names.find((name) => !sizeNames.some((one) => one === name))
  if (unknown !== undefined) throw new Error(`no size is called ${unknown}: ${sizeNames.join(', ')}`)
  return sizeNames.filter((name) => names.includes(name))
}

async function runSizes({ only, into }: { only: readonly SizeName[]; into: string }): Promise<void> {
  const done = ({ name, mib, said, seconds, heldMib }: SizeMeasured) =>
    console.log(
      `${name}: ${mib} MiB judged after ${seconds.untilJudged} s, released after ${seconds.untilReleased} s, collected ` +
        `after ${seconds.untilCollected} s. MiB held before: ${inWords(heldMib.before)}; after: ` +
        `${inWords(heldMib.after)}. The sender reads:\n${said}`,
    )
  const measured = await withSite((site) =>
    measureSizes(site, { sizes: only.map((name) => ({ name, mib: largeSizes[name] })), done }),
  )
  console.log(`\n${formatTable(measured.rows)}`)
  await writeFile(into, `${JSON.stringify(measured, null, 2)}\n`)
  console.log(`\nAlso in ${into}.`)
}

function inWords(held: Readonly<Record<string, number>>): string {
  return Object.entries(held)
    .map(([name, mib]) => `${name} ${mib}`)
    .join(', ')
}

function doing(what: string): void {
  console.log(`Measuring: ${what}`)
}

function profiled(profiling: Profiling): SiteOptions {
  const [server, scanner] = [profiling.settings('server'), profiling.settings('scanner')]
  return { settings: { server, scanner }, commandSettings: profiling.settings }
}

/** What `work` needs is gone when it is done. */
async function withSite<T>(work: (site: Site, services: Values) => Promise<T>, options?: SiteOptions): Promise<T> {
  await using cleaning = new AsyncDisposableStack()
  await mkdir('.bench', { recursive: true })
  const folder = await mkdtemp(resolve('.bench', 'run-'))
  cleaning.defer(() => rm(folder, { recursive: true, force: true }))
  const services = await startServices({ directory: join(folder, 'parts'), log: console.log })
  cleaning.defer(() => services.stop())
  const site = cleaning.use(await openSite(services.values, options))
  return await work(site, services.values)
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
