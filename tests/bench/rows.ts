// The rows of the bench (ARCHITECTURE.md#measures), each measured by what stands beside this file, with its goal.
import { execFile } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Values } from '../../scripts/services.ts'
import { measureAtOnce } from './at-once.ts'
import { benchDownload, benchUpload } from './carry.ts'
import type { Comparison } from './compare.ts'
import { type EncryptOptions, encryptions } from './encrypt.ts'
import { agreeOnLarge, usualMib } from './large-agreement.ts'
import { benchLog } from './log.ts'
import type { Profiling } from './profile.ts'
import type { ScanOptions } from './scan.ts'
import type { Site } from './site.ts'
import { benchStart } from './start.ts'
import { type Row, speedRow } from './table.ts'
import { growthOf, measuredProcesses, measureTransfer, mostGrowth } from './transfer-memory.ts'
import { benchWholeJob } from './whole-job.ts'

const run = promisify(execFile)

/** MiB, unless it says otherwise. */
export interface Sizes {
  readonly rounds: number
  readonly encrypt: number
  readonly carry: number
  readonly scan: number
  readonly wholeJob: number
  readonly memory: number
  readonly atOnce: { readonly mib: number; readonly many: number }
  readonly logEntries: number
  /** Of the command line, for each row. */
  readonly starts: number
}

export interface Measuring {
  readonly sizes: Sizes
  readonly site: Site
  readonly services: Values
  /** What is being done, for people. */
  readonly doing: (what: string) => void
  readonly profiling: Profiling | undefined
}

interface Work {
  readonly name: string
  readonly what: string
  readonly measure: () => Promise<Row[]>
}

/** In this order: what an upload left behind must not count as what a small transfer needs. */
function allWork(measuring: Measuring): Work[] {
  const { sizes, site } = measuring
  const { rounds, carry: mib } = sizes
  const speed = async (name: string, least: number, measured: Promise<Comparison>) => [
    speedRow({ name, least, measured: await measured }),
  ]
  return [
    {
      name: 'memory',
      what: `memory of a transfer of 16 MiB and of ${sizes.memory} MiB`,
      measure: () => memoryRows(measuring),
    },
    {
      name: 'at-once',
      what: `memory of ${sizes.atOnce.many} transfers of ${sizes.atOnce.mib} MiB at once`,
      measure: () => atOnceRows(measuring),
    },
    { name: 'encrypt', what: `encryption of ${sizes.encrypt} MiB`, measure: () => encryptRows(measuring) },
    {
      name: 'upload',
      what: `upload of ${mib} MiB`,
      measure: () => speed('upload', 0.8, benchUpload({ site, mib, rounds })),
    },
    {
      name: 'download',
      what: `download of ${mib} MiB`,
      measure: () => speed('download', 0.8, benchDownload({ site, mib, rounds })),
    },
    { name: 'scan', what: `scan of ${sizes.scan} MiB`, measure: () => speed('scan', 0.9, scanAlone(measuring)) },
    {
      name: 'whole-job',
      what: `the whole job with ${sizes.wholeJob} MiB`,
      measure: () => wholeJobRows(measuring),
    },
    { name: 'log', what: `${sizes.logEntries} entries of the log`, measure: () => logRows(measuring) },
    { name: 'start', what: `${sizes.starts} starts of the built command line`, measure: () => startRows(measuring) },
  ]
}

export async function measureRows(measuring: Measuring): Promise<Row[]> {
  const { site, profiling } = measuring
  const rows: Row[] = []
  for (const { name, what, measure } of allWork(measuring)) {
    measuring.doing(what)
    rows.push(...(await (profiling ? profiling.around({ name, site, measure }) : measure())))
  }
  return rows
}

async function encryptRows({ sizes: { encrypt: mib, rounds }, profiling }: Measuring): Promise<Row[]> {
  const least = { 'v2-gcm beside AES-256-GCM': 0.6, 'v2-gcm beside gpg': 2, 'v1-cfb beside gpg': 1 }
  const rows: Row[] = []
  for (const encryption of encryptions) {
    const options: EncryptOptions = { mib, rounds, encryption }
    const measured = await runAlone('encrypt', { options, profiling })
    rows.push(speedRow({ name: `encrypt: ${encryption}`, least: least[encryption], measured }))
  }
  return rows
}

async function scanAlone({ sizes: { scan: mib, rounds }, site, services: { clamd }, profiling }: Measuring) {
  const folder = join(site.folder, 'scan')
  await mkdir(folder)
  try {
    const options: ScanOptions = { mib, rounds, clamd, folder }
    return await runAlone('scan', { options, profiling })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Alone extends Pick<Measuring, 'profiling'> {
  readonly options: EncryptOptions | ScanOptions
}

async function runAlone(name: 'encrypt' | 'scan', { options, profiling }: Alone): Promise<Comparison> {
  const env = { ...process.env, ...profiling?.settings(name) }
  const { stdout } = await run(process.execPath, [`tests/bench/${name}-alone.ts`, JSON.stringify(options)], { env })
  return JSON.parse(stdout) as Comparison
}

/** In seconds, so less is better. */
async function wholeJobRows({
  sizes: { wholeJob: mib, rounds },
  site,
  services: { clamd },
}: Measuring): Promise<Row[]> {
  const measured = await benchWholeJob({ site, mib, rounds, clamd })
  const [ours, reference] = [mib / measured.ours.mibPerSecond, mib / measured.reference.mibPerSecond]
  const row: Row = {
    name: 'whole job',
    unit: 's',
    ...{ ours, reference, ratio: ours / reference },
    ...{ goal: 'ratio <= 1.0', met: ours <= reference },
    ...{ cpuPerGiB: measured.ours.cpuPerGib, peakMiB: measured.ours.peakMib },
  }
  return [row]
}

async function logRows({ sizes: { logEntries: entries, rounds }, services: { databaseUrl } }: Measuring) {
  const rows: Row[] = []
  for (const { atOnce, least } of [
    { atOnce: 16, least: 0.9 },
    { atOnce: 64, least: 1.5 },
  ]) {
    const { ours, reference, ratio } = await benchLog({ databaseUrl, entries, atOnce, rounds })
    rows.push({
      name: `log append, ${atOnce} at once`,
      unit: 'entries/s',
      ...{ ours, reference, ratio },
      ...{ goal: `ratio >= ${least}`, met: ratio >= least },
      ...{ cpuPerGiB: null, peakMiB: null },
    })
  }
  return rows
}

/** In CPU time, so less is better. */
async function startRows({ sizes: { starts }, site }: Measuring): Promise<Row[]> {
  const { bare, help, status } = await benchStart({ site, starts })
  return [
    { name: 'start: --help', ours: help, most: 8 },
    { name: 'start: status', ours: status, most: 15 },
  ].map(({ name, ours, most }) => ({
    name,
    unit: 'CPU ms',
    ...{ ours, reference: bare, ratio: ours / bare },
    ...{ goal: `ratio <= ${most}`, met: ours / bare <= most },
    ...{ cpuPerGiB: null, peakMiB: null },
  }))
}

const mostGrowthInAll = 256

async function memoryRows({ sizes: { memory: mib }, site }: Measuring): Promise<Row[]> {
  // What one scan does not take goes in windows, which only text can.
  const carrying = mib > usualMib ? ({ kind: 'csv', agreement: await agreeOnLarge(site) } as const) : {}
  const small = await measureTransfer(site, { mib: 16, ...carrying })
  const large = await measureTransfer(site, { mib, ...carrying })
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

async function atOnceRows({ sizes: { atOnce }, site }: Measuring): Promise<Row[]> {
  const { mib, many } = atOnce
  const alone = await measureAtOnce(site, { mib, many: 1 })
  const all = await measureAtOnce(site, { mib, many })
  const row: Row = {
    name: `memory: service, ${many} at once`,
    unit: 'MiB',
    ours: all.peakMib,
    reference: alone.peakMib,
    ratio: all.peakMib / alone.peakMib,
    goal: `growth <= ${mostGrowthInAll}`,
    met: all.peakMib - alone.peakMib <= mostGrowthInAll,
    cpuPerGiB: (all.cpuSeconds / (mib * many)) * 1024,
    peakMiB: all.peakMib,
  }
  return [row]
}
