// `npm run faults`: a campaign of injected faults over one whole Safehand, each judged by the oracle of tests/faults.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import {
  type Case,
  drawCases,
  newCanaries,
  type Outcome,
  runAudit,
  runCase,
  storeOf,
} from '../tests/faults/campaign.ts'
import type { PartName } from '../tests/faults/faults.ts'
import { openSite, type StoreKind } from '../tests/faults/site.ts'
import { type StepName, stepNames, steps } from '../tests/faults/steps.ts'

const parts = [
  'postgres',
  'redis',
  'scan-keys',
  'clamd',
  'smtp',
  's3',
  'network',
  'server',
  'scanner',
  'housekeeper',
  'disk',
  'client',
]

const HELP = `Breaks a whole Safehand in many ways, each at one step of a transfer, and looks whether anything was lost, came twice,
was left half-done, or can be read where it must not be.

  npm run faults [-- --seed N --count N --only PART ... --at STEP ... --into FILE]

  --seed N      what is drawn, and in which order (default: 1)
  --count N     how many faults (default: 300)
  --only PART   ${parts.join(', ')}; may be given several times
  --at STEP     only at this step of a transfer; may be given several times
  --from N      begins with the Nth of the drawn faults
  --into FILE   where the outcomes go as JSON (default: .faults/report.json)

Starts its own parts and a whole Safehand on loopback, with data in temporary folders that go at the end (Linux only).
Ends with the table part x fault, and with 1 when anything was wrong.`

/** The log grows; it is taken home and verified after so many faults, and at the end. */
const auditEvery = 50

interface Report {
  readonly seed: number
  readonly outcomes: readonly Outcome[]
  readonly audits: readonly string[]
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '300' },
      from: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true },
      at: { type: 'string', multiple: true },
      into: { type: 'string', default: '.faults/report.json' },
    },
  })
  if (values.help) return console.log(HELP)
  const unknown = values.only?.find((name) => !parts.includes(name))
  if (unknown !== undefined) throw new Error(`no part is called ${unknown}: ${parts.join(', ')}`)
  const nowhere = values.at?.find((name) => !(name in steps))
  if (nowhere !== undefined) throw new Error(`no step is called ${nowhere}: ${stepNames.join(', ')}`)
  const seed = Number(values.seed)
  const cases = drawCases({
    seed,
    count: Number(values.count),
    ...(values.only && { only: values.only as PartName[] }),
    ...(values.at && { at: values.at as StepName[] }),
  }).slice(Number(values.from) - 1)
  const report = await carryOut(seed, cases)
  await mkdir(dirname(values.into), { recursive: true })
  await writeFile(values.into, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`\n${describe(report)}\n\nAlso in ${values.into}.`)
  const wrong = report.outcomes.filter((one) => one.wrong.length > 0).length
  console.log(
    `${report.outcomes.length} faults, ${wrong} not borne, ${report.audits.length} found by the last look at everything`,
  )
  if (wrong + report.audits.length > 0) process.exitCode = 1
}

/** One installation after the other: over a folder of objects, and over S3. */
async function carryOut(seed: number, cases: readonly Case[]): Promise<Report> {
  const outcomes: Outcome[] = []
  const audits: string[] = []
  for (const store of ['files', 's3'] as const) {
    const own = cases.filter(({ fault }) => storeOf(fault) === store)
    if (own.length > 0) await carryOutOver(store, { cases: own, outcomes, audits })
  }
  return { seed, outcomes, audits }
}

interface Running {
  readonly cases: readonly Case[]
  readonly outcomes: Outcome[]
  readonly audits: string[]
}

async function carryOutOver(store: StoreKind, { cases, outcomes, audits }: Running): Promise<void> {
  await using site = await openSite(store)
  const canaries = newCanaries()
  for (const one of cases) {
    const outcome = await runCase(site, canaries, one)
    outcomes.push(outcome)
    const { number, fault, step, seconds, wrong, complaints } = outcome
    const again = complaints.length > 0 ? `, ${complaints.length} given again` : ''
    console.log(
      `${number} ${fault.part}: ${fault.kind} at ${step} (${seconds} s${again}) ${wrong.length > 0 ? 'WRONG' : 'borne'}`,
    )
    for (const line of wrong) console.log(`    ${line}`)
    if (wrong.length > 0) for (const line of new Set(complaints)) console.log(`    (${line})`)
    if (outcomes.length % auditEvery === 0) audits.push(...(await runAudit(site, canaries, String(number))))
  }
  audits.push(...(await runAudit(site, canaries, 'last')))
}

/** Part, fault, how often, and how it was borne. */
function describe({ outcomes, audits }: Report): string {
  const groups = Object.groupBy(outcomes, ({ fault }) => `${fault.part}\t${fault.kind}`)
  const rows = Object.entries(groups).map(([name, some = []]) => {
    const wrong = some.filter((one) => one.wrong.length > 0).length
    const again = some.filter((one) => one.wrong.length === 0 && one.complaints.length > 0).length
    return [...name.split('\t'), some.length, some.length - wrong - again, again, wrong].map(String)
  })
  const head = ['part', 'fault', 'injected', 'unnoticed', 'given again', 'wrong']
  const all = [head, ...rows.toSorted((one, other) => one.join(' ').localeCompare(other.join(' ')))]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return [...all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')), ...audits].join('\n')
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
