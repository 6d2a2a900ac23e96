// How long many small files take by a list, from the first row to the last release, and in which process the time goes.
// Run by hand: 10,000 files take long. Parts, people and files are made for the run and go with it.
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { passphraseOf, until } from '../tests/fixtures/cast.ts'
import { describeProfile } from '../tests/bench/profile.ts'
import { openSite, type Site } from '../tests/bench/site.ts'
import { cpuSecondsOfAll, measureCommand, meter } from '../tests/bench/usage.ts'
import { type Services, startServices } from './services.ts'

const HELP = `Sends many small files by a list through a whole Safehand of its own, and says where the time goes.

  node scripts/start.mjs scripts/bench-batch.ts [--files 300] [--at-once 8] [--profile]

  --profile   a CPU profile of each process stays in .bench/batch-profiles, and its functions that took most are said.
              It costs speed itself`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    files: { type: 'string', default: '300' },
    'at-once': { type: 'string', default: '8' },
    profile: { type: 'boolean', default: false },
  },
})
const files = Number(values.files)
const atOnce = Number(values['at-once'])

const profiles = join(process.cwd(), '.bench', 'batch-profiles')
const profiled = (name: string): Record<string, string> =>
  values.profile
    ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles} --cpu-prof-name=${name}-\${pid}.cpuprofile` }
    : {}

async function main(): Promise<void> {
  await using cleaning = new AsyncDisposableStack()
  const directory = join(process.cwd(), '.bench', `batch-${randomBytes(4).toString('hex')}`)
  await mkdir(directory, { recursive: true })
  await rm(profiles, { recursive: true, force: true })
  const services = await startServices({ directory, log: console.log })
  cleaning.defer(() => services.stop())
  const settings = { server: profiled('server'), scanner: profiled('scanner'), housekeeper: profiled('housekeeper') }
  const site = cleaning.use(await openSite(services.values, { settings, commandSettings: profiled }))
  const list = await makeList(site)
  const { operatorSettings } = site.installation
  const meters = metersOf(site, services)
  const started = performance.now()
  const sent = await sendList(site, list)
  const sending = (performance.now() - started) / 1000
  const database = new pg.Client(operatorSettings.DATABASE_URL)
  await database.connect()
  cleaning.defer(() => database.end())
  await until('every row is released', () => areReleased(database), 4 * 3600)
  const whole = (performance.now() - started) / 1000
  const perRow = (seconds: number) => `${((seconds / files) * 1000).toFixed(1)} ms a row`
  console.log(`${files} files, ${atOnce} at once: ${JSON.stringify(JSON.parse(sent.output), shortened)}`)
  console.log(
    `sent after ${sending.toFixed(1)} s (${perRow(sending)}), released after ${whole.toFixed(1)} s (${perRow(whole)})`,
  )
  const used = [{ name: 'safehand', ...sent }, ...meters.map(({ name, read }) => ({ name, ...read() }))]
  for (const { name, cpuSeconds, peakMib } of used) {
    const peak = peakMib === undefined ? '' : `, at most ${peakMib.toFixed(0)} MiB`
    console.log(`${name}: ${cpuSeconds.toFixed(1)} s of CPU (${perRow(cpuSeconds)})${peak}`)
  }
  console.log(`in all: ${perRow(used.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0))}`)
  if (values.profile) return await sayProfiles(site)
  const again = performance.now()
  const { output } = await sendList(site, list)
  const repeated = (performance.now() - again) / 1000
  console.log(`run again: ${repeated.toFixed(1)} s, ${JSON.stringify(JSON.parse(output), shortened)}`)
}

interface Read {
  readonly cpuSeconds: number
  readonly peakMib?: number
}

/** The three processes; and the parts, each with all its children. */
function metersOf({ installation }: Site, { parts }: Pick<Services, 'parts'>) {
  const ours = Object.entries(installation.processes).map(([name, { pid }]) => ({ name, read: meter(pid).read }))
  const theirs = Object.entries(parts).flatMap(([name, { pid }]) => {
    if (pid === undefined) return []
    const before = cpuSecondsOfAll(pid)
    return [{ name, read: (): Read => ({ cpuSeconds: cpuSecondsOfAll(pid) - before }) }]
  })
  return [...ours, ...theirs] as readonly { readonly name: string; read(): Read }[]
}

/** A process writes its profile when it ends. */
async function sayProfiles({ installation }: Site): Promise<void> {
  await Promise.all(Object.values(installation.processes).map((one) => one.stop()))
  for (const file of (await readdir(profiles)).toSorted()) {
    const lines = describeProfile(JSON.parse(await readFile(join(profiles, file), 'utf8')))
    console.log(`${file}\n${lines.map((line) => `  ${line}`).join('\n')}`)
  }
}

const shortened = (key: string, value: unknown) => (key === 'transfers' ? (value as unknown[]).length : value)

async function makeList({ folder, cast }: Site): Promise<string> {
  const rows = Array.from({ length: files }, (_, index) => `${index}.txt`)
  for (const [index, name] of rows.entries()) {
    await writeFile(join(folder, name), `${index} ${randomBytes(1500).toString('base64')}`)
  }
  const list = join(folder, 'list.csv')
  const lines = rows.map((name, index) => `${name},NT-${index},${cast.police.first.email}`)
  await writeFile(list, ['file,case-reference,to', ...lines].join('\n'))
  return list
}

function sendList({ cast, commandSettings }: Site, list: string) {
  const { caseworker } = cast.council
  return measureCommand({
    script: 'cli/main.ts',
    argv: [
      ...['send', '--batch', list, '--agreement', cast.agreement, '--flow', 'council-to-police'],
      ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--at-once', String(atOnce), '--json'],
      ...passphraseOf(caseworker),
    ],
    settings: { SAFEHAND_HOME: caseworker.home, ...commandSettings('safehand') },
  })
}

async function areReleased(database: pg.Client): Promise<boolean> {
  const { rows } = await database.query<{ count: string }>("select count(*) from transfer where state = 'released'")
  return Number(rows[0]?.count) === files
}

if (values.help) console.log(HELP)
else await main()
