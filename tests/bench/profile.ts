// Where the time goes, for rows that missed their goal: Node's own CPU profiles of the processes that did the work. The
// service's processes begin anew with each piece of work, so that a profile holds that work and nothing else. Profiles
// stay for who wants to open them; the functions that took most are written as text. Profiling costs some speed itself.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { join, resolve } from 'node:path'
import type { Site } from './site.ts'
import type { Row } from './table.ts'

const service = ['server', 'scanner'] as const
const mostFunctions = 12

export interface Profiling {
  /** For a process of that name: it writes its profile when it ends. */
  settings(process: string): Readonly<Record<string, string>>
  /** Measures; keeps the profiles when a row missed its goal. */
  around(work: { name: string; site: Site; measure: () => Promise<Row[]> }): Promise<Row[]>
  /** Writes the text; resolves to its path. */
  report(): Promise<string>
}

export async function openProfiling(directory: string): Promise<Profiling> {
  const folder = resolve(directory, 'profiles')
  const current = join(folder, 'current')
  await rm(folder, { recursive: true, force: true })
  await mkdir(current, { recursive: true })
  const missed: { name: string; rows: Row[] }[] = []
  return {
    settings: (process) => ({
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${current} --cpu-prof-name=${process}-\${pid}.cpuprofile`,
    }),
    async around({ name, site, measure }) {
      await restart(site)
      await rm(current, { recursive: true, force: true })
      await mkdir(current)
      const rows = await profiledHere(join(current, 'bench.cpuprofile'), measure)
      await restart(site)
      if (rows.some(({ met }) => !met)) {
        missed.push({ name, rows: rows.filter(({ met }) => !met) })
        await rename(current, join(folder, name))
        await mkdir(current)
      }
      return rows
    },
    async report() {
      await rm(current, { recursive: true, force: true })
      const pieces = await Promise.all(missed.map((one) => describeMissed(folder, one)))
      const path = join(directory, 'profile.txt')
      await writeFile(path, `${pieces.length === 0 ? 'Every goal was reached.' : pieces.join('\n\n')}\n`)
      return path
    },
  }
}

/** What is done in this process: the log, and the people of whom only the service counts. */
async function profiledHere<T>(path: string, work: () => Promise<T>): Promise<T> {
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    const result = await work()
    const { profile } = await session.post('Profiler.stop')
    await writeFile(path, JSON.stringify(profile))
    return result
  } finally {
    session.disconnect()
  }
}

async function restart({ installation }: Site): Promise<void> {
  for (const name of service) {
    await installation.processes[name].stop()
    await installation.start(name)
  }
}

async function describeMissed(folder: string, { name, rows }: { name: string; rows: Row[] }): Promise<string> {
  const said = rows.map((row) => `${row.name}: ${row.ratio.toFixed(2)} of the reference, goal ${row.goal}`)
  const files = (await readdir(join(folder, name))).toSorted()
  const profiles = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, name, file), 'utf8')
      return `  ${name}/${file}\n${describeProfile(JSON.parse(text))
        .map((line) => `    ${line}`)
        .join('\n')}`
    }),
  )
  return [...said, ...profiles].join('\n')
}

/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

/** Seconds at work and idle, then the functions by the time in themselves, callees apart. */
export function describeProfile({ nodes, samples, timeDeltas }: CpuProfile): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const taken = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    taken.set(name, (taken.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const idle = taken.get('(idle)') ?? 0
  taken.delete('(idle)')
  const all = [...taken.values()].reduce((sum, one) => sum + one, 0)
  const most = [...taken].toSorted(([, one], [, other]) => other - one).slice(0, mostFunctions)
  const seconds = (microseconds: number) => `${(microseconds / 1e6).toFixed(1)} s`
  return [
    `${seconds(all)} at work, ${seconds(idle)} waiting`,
    ...most.map(([name, one]) => `${((one / all) * 100).toFixed(1).padStart(5)} %  ${name}`),
  ]
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url.replace(/^file:\/\//, '').replace(`${process.cwd()}/`, '')
  return place === '' ? functionName || '(anonymous)' : `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`
}
