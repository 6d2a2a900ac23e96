// How long many small files take by a list, from the first row to the last release, and in which process the time goes.
// Run by hand: 10,000 files take long. Parts, people and files are made for the run and go with it.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { passphraseOf, until } from '../tests/fixtures/cast.ts'
import { openSite, type Site } from '../tests/bench/site.ts'
import { measureCommand, meter } from '../tests/bench/usage.ts'
import { startServices } from './services.ts'

const HELP = `Sends many small files by a list through a whole Safehand of its own, and says where the time goes.

  node scripts/start.mjs scripts/bench-batch.ts [--files 300] [--at-once 8]`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    files: { type: 'string', default: '300' },
    'at-once': { type: 'string', default: '8' },
  },
})
const files = Number(values.files)
const atOnce = Number(values['at-once'])

async function main(): Promise<void> {
  await using cleaning = new AsyncDisposableStack()
  const directory = join(process.cwd(), '.bench', `batch-${randomBytes(4).toString('hex')}`)
  await mkdir(directory, { recursive: true })
  const services = await startServices({ directory, log: console.log })
  cleaning.defer(() => services.stop())
  const site = cleaning.use(await openSite(services.values))
  const list = await makeList(site)
  const { processes, operatorSettings } = site.installation
  const meters = Object.entries(processes).map(([name, { pid }]) => ({ name, meter: meter(pid) }))
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
  console.log(
    `safehand: ${sent.cpuSeconds.toFixed(1)} s of CPU (${perRow(sent.cpuSeconds)}), at most ${sent.peakMib.toFixed(0)} MiB`,
  )
  for (const one of meters) {
    const { cpuSeconds, peakMib } = one.meter.read()
    console.log(
      `${one.name}: ${cpuSeconds.toFixed(1)} s of CPU (${perRow(cpuSeconds)}), at most ${peakMib.toFixed(0)} MiB`,
    )
  }
  const again = performance.now()
  const { output } = await sendList(site, list)
  const repeated = (performance.now() - again) / 1000
  console.log(`run again: ${repeated.toFixed(1)} s, ${JSON.stringify(JSON.parse(output), shortened)}`)
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

function sendList({ cast }: Site, list: string) {
  const { caseworker } = cast.council
  return measureCommand({
    script: 'cli/main.ts',
    argv: [
      ...['send', '--batch', list, '--agreement', cast.agreement, '--flow', 'council-to-police'],
      ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--at-once', String(atOnce), '--json'],
      ...passphraseOf(caseworker),
    ],
    settings: { SAFEHAND_HOME: caseworker.home },
  })
}

async function areReleased(database: pg.Client): Promise<boolean> {
  const { rows } = await database.query<{ count: string }>("select count(*) from transfer where state = 'released'")
  return Number(rows[0]?.count) === files
}

if (values.help) console.log(HELP)
else await main()
