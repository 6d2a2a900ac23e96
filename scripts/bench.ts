// `npm run bench`: how fast and how large, always as a ratio to something plain measured in the same run (DESIGN 11).
// Figures of one machine say little; a ratio can be compared. Parts, people and files are made for the run and go with it.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { benchDownload, benchUpload } from '../tests/bench/carry.ts'
import type { EncryptBench } from '../tests/bench/encrypt.ts'
import { openSite, type Site } from '../tests/bench/site.ts'
import { formatTable, type Row, speedRow } from '../tests/bench/table.ts'
import { growthOf, measuredProcesses, measureTransfer } from '../tests/bench/transfer-memory.ts'
import { startServices } from './services.ts'

const HELP = `Measures Safehand beside plain references, both in turn in the same run; medians.

  npm run bench [-- --short | --tiny] [--into FILE]

  --short       smaller files and fewer rounds: a minute or two, rougher
  --tiny        as little as there can be: shows that everything is measured, says nothing of speed
  --into FILE   where the rows go as JSON (default: .bench/results.json)

encrypt    our envelope in memory, beside bare AES-256-GCM of node:crypto
upload     through the real server and file store, beside a bare Node server with the same writes and fsyncs
download   the same way back
memory     the most that each process held for a large transfer, beside the same for 16 MiB; clamd's apart

Starts its own parts and a whole Safehand on loopback, on free ports, with data in temporary folders that go at the end
(Linux only: memory and CPU time are read from /proc). Settings that point to parts of your own are taken as in the
demo. Ends by itself; what missed its goal is said, and is no failure.`

const run = promisify(execFile)

const mostGrowth = 64

const sizes = {
  long: { rounds: 5, encrypt: 512, carry: 512, memory: 1024 },
  short: { rounds: 2, encrypt: 128, carry: 128, memory: 256 },
  tiny: { rounds: 1, encrypt: 8, carry: 16, memory: 24 },
} as const
type Sizes = (typeof sizes)[keyof typeof sizes]

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      short: { type: 'boolean' },
      tiny: { type: 'boolean' },
      into: { type: 'string', default: '.bench/results.json' },
    },
  })
  if (values.help) return console.log(HELP)
  const rows = await measureAll(values.tiny ? sizes.tiny : values.short ? sizes.short : sizes.long)
  console.log(`\n${formatTable(rows)}`)
  await writeFile(values.into, `${JSON.stringify({ rows }, null, 2)}\n`)
  console.log(`\nAlso in ${values.into}.`)
}

async function measureAll({ rounds, ...mib }: Sizes): Promise<Row[]> {
  const doing = (what: string) => console.log(`Measuring: ${what}`)
  await using cleaning = new AsyncDisposableStack()
  await mkdir('.bench', { recursive: true })
  const folder = await mkdtemp(resolve('.bench', 'run-'))
  cleaning.defer(() => rm(folder, { recursive: true, force: true }))
  doing(`encryption of ${mib.encrypt} MiB`)
  const rows = [await encryptRow(mib.encrypt)]
  const services = await startServices({ directory: join(folder, 'parts'), log: console.log })
  cleaning.defer(() => services.stop())
  const site = cleaning.use(await openSite(services.values))
  // Memory comes first: what an upload left behind must not count as what a small transfer needs.
  doing(`memory of a transfer of 16 MiB and of ${mib.memory} MiB`)
  const memory = await memoryRows(site, mib.memory)
  doing(`upload of ${mib.carry} MiB`)
  const upload = await benchUpload({ site, mib: mib.carry, rounds })
  rows.push(speedRow({ name: 'upload', least: 0.8, measured: upload }))
  doing(`download of ${mib.carry} MiB`)
  const download = await benchDownload({ site, mib: mib.carry, rounds })
  rows.push(speedRow({ name: 'download', least: 0.8, measured: download }))
  return [...rows, ...memory]
}

async function encryptRow(mib: number): Promise<Row> {
  const { stdout } = await run(process.execPath, ['tests/bench/encrypt-alone.ts', String(mib)])
  const { ours, reference, ratio } = JSON.parse(stdout) as EncryptBench
  return {
    name: 'encrypt',
    unit: 'MiB/s',
    ours: ours.mibPerSecond,
    reference: reference.mibPerSecond,
    ratio,
    goal: 'ratio >= 0.5',
    met: ratio >= 0.5,
    cpuPerGiB: ours.cpuPerGib,
    peakMiB: null,
  }
}

async function memoryRows(site: Site, mib: number): Promise<Row[]> {
  const small = await measureTransfer(site, 16)
  const large = await measureTransfer(site, mib)
  const growth = growthOf({ small, large })
  return measuredProcesses.map((name) => ({
    name: `memory: ${name}`,
    unit: 'MiB',
    ours: large[name].peakMib,
    reference: small[name].peakMib,
    ratio: large[name].peakMib / small[name].peakMib,
    goal: `growth <= ${mostGrowth}`,
    met: growth[name] <= mostGrowth,
    cpuPerGiB: (large[name].cpuSeconds / mib) * 1024,
    peakMiB: large[name].peakMib,
  }))
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
