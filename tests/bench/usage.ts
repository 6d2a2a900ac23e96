// What processes take of the machine, as Linux counts it (proc(5)): peak resident memory in MiB, CPU time of all threads
// in seconds. Commands of ours are run here as a person runs them, each a process of its own.
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** USER_HZ: fixed at 100 for programs on every Linux that Node runs on. */
const ticksPerSecond = 100
const run = promisify(execFile)
const report = fileURLToPath(new URL('report-usage.ts', import.meta.url))

export interface Usage {
  readonly peakMib: number
  readonly cpuSeconds: number
}

export interface Meter {
  /** The peak since the meter was made, the CPU time since then. */
  read(): Usage
}

/** Begins to measure a running process: its peak is set back to what it holds now. */
export function meter(pid: number): Meter {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const before = cpuSecondsOf(pid)
  return {
    read: () => ({
      peakMib: peakMibIn(readFileSync(`/proc/${pid}/status`, 'latin1')),
      cpuSeconds: cpuSecondsOf(pid) - before,
    }),
  }
}

/** What a process took for some work. */
export async function metered({ pid }: { readonly pid: number }, work: () => Promise<unknown>): Promise<Usage> {
  const measured = meter(pid)
  await work()
  return measured.read()
}

/** Of processes that worked on the same thing: their CPU time together, the largest peak. */
export function together(usages: readonly Usage[]): Usage {
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMib: Math.max(...usages.map(({ peakMib }) => peakMib)),
  }
}

/** What a process holds now. */
export function heldMib({ pid }: { readonly pid: number }): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return Math.round(Number(kib) / 1024)
}

function peakMibIn(status: string): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  if (kib === undefined) throw new Error('this system does not say how much memory a process held at most')
  return Number(kib) / 1024
}

function cpuSecondsOf(pid: number): number {
  const { own } = timesIn(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  return own
}

/** CPU time of a process and its children so far, also of those that have ended. */
export function cpuSecondsOfAll(pid: number): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statsOf(name) ?? [])
    .filter((stat) => stat.pid === pid || stat.parent === pid)
    .reduce((sum, { own, ended }) => sum + own + ended, 0)
}

/** Undefined: it has ended meanwhile. */
function statsOf(pid: string): ReturnType<typeof timesIn> | undefined {
  try {
    return timesIn(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return undefined
  }
}

/** Fields 1, 4, 14 to 17; the second is a name that may hold spaces. `ended`: of children that were waited for. */
function timesIn(stat: string) {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) / ticksPerSecond
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), own: seconds(11), ended: seconds(13) }
}

/** Runs a program of ours to its end; throws what it printed when it does not end with 0. */
export async function measureCommand(command: {
  readonly script: string
  readonly argv: readonly string[]
  readonly settings: Readonly<Record<string, string>>
}): Promise<Usage & { readonly output: string }> {
  const child = spawn(process.execPath, ['--import', report, command.script, ...command.argv], {
    env: { PATH: process.env.PATH ?? '', ...command.settings },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  }) as ChildProcessByStdio<null, Readable, Readable>
  const [output, errors, usage] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    text(child.stdio[3] as Readable),
    once(child, 'close'),
  ])
  if (child.exitCode !== 0)
    throw new Error(`${command.argv.join(' ')} ended with ${child.exitCode}: ${output}${errors}`)
  const { status, cpuSeconds } = JSON.parse(usage)
  return { output, cpuSeconds, peakMib: peakMibIn(status) }
}

/**
 * CPU time of Node with these arguments, to its end, in milliseconds. Too short for ticks and for a preloaded script of ours:
 * bash waits for it, and says what getrusage(2) told.
 */
export async function cpuMillisecondsOf(
  argv: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  const timed = 'TIMEFORMAT="%3U %3S"; time "$@" > /dev/null'
  const env = { PATH: process.env.PATH ?? '', ...settings }
  const { stderr } = await run('bash', ['-c', timed, 'bash', process.execPath, ...argv], { env })
  const [, user, system] = /^(\d+\.\d+) (\d+\.\d+)\n$/m.exec(stderr) ?? []
  return Math.round((Number(user) + Number(system)) * 1000)
}
