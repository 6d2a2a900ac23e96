// What can go wrong, done for real: to a part (its process), to the wires that lead to it, to a process of ours, to a
// disk. Each fault strikes at once, lasts as long as it is told, and is taken back.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessName } from '../fixtures/installation.ts'
import type { Line, Wire } from './wire.ts'
import { type FaultyPart, processNames, type Site, wiresOf } from './site.ts'

export const partFaults = [
  'restart',
  'kill',
  'freeze',
  'refuse',
  'reset',
  'slow',
  'silence',
  'lose answer',
  'cut',
] as const
export const networkFaults = ['refuse', 'reset', 'slow', 'silence', 'lose answer', 'cut'] as const
export const processFaults = ['kill', 'restart', 'freeze'] as const
export const diskFaults = ['objects', 'database'] as const

export type Fault =
  | { readonly part: FaultyPart; readonly kind: (typeof partFaults)[number] }
  | { readonly part: 'network'; readonly kind: (typeof networkFaults)[number] }
  | { readonly part: ProcessName; readonly kind: (typeof processFaults)[number] }
  | { readonly part: 'disk'; readonly kind: (typeof diskFaults)[number] }
  /** Done by the journey, which runs the client. */
  | { readonly part: 'client'; readonly kind: 'kill' | 'disk full' }

export type PartName = Fault['part']

export interface Strike {
  readonly site: Site
  readonly fault: Fault
  /** Where the step was seen. */
  readonly line: Line
  readonly milliseconds: number
}

/** Strikes before it returns; resolves when everything is as it should be again. */
export function strike({ site, fault, line, milliseconds }: Strike): Promise<void> {
  if (fault.part === 'client') return Promise.resolve()
  if (fault.part === 'disk') return fillDisk(site, { which: fault.kind, milliseconds })
  if (isProcess(fault.part)) return hitProcess(site, { name: fault.part, kind: fault.kind as never, milliseconds })
  return hitPart({ site, part: fault.part, kind: fault.kind, line, milliseconds })
}

function isProcess(part: PartName): part is ProcessName {
  return (processNames as readonly string[]).includes(part)
}

interface ProcessHit {
  readonly name: ProcessName
  readonly kind: (typeof processFaults)[number]
  readonly milliseconds: number
}

async function hitProcess(site: Site, { name, kind, milliseconds }: ProcessHit): Promise<void> {
  if (kind !== 'freeze') return site.restart(name, kind === 'kill' ? 'kill' : 'stop')
  const { pid } = site.installation.processes[name]
  process.kill(pid, 'SIGSTOP')
  await sleep(milliseconds)
  process.kill(pid, 'SIGCONT')
}

interface PartHit {
  readonly site: Site
  readonly part: FaultyPart | 'network'
  readonly kind: (typeof partFaults)[number]
  readonly line: Line
  readonly milliseconds: number
}

async function hitPart(hit: PartHit): Promise<void> {
  const { site, part, kind, line, milliseconds } = hit
  const wires = wiresTo(site, part)
  const lines = wires.flatMap((wire) => [...wire.lines])
  switch (kind) {
    case 'restart':
    case 'kill':
      return restartPart(hit, kind)
    case 'freeze': {
      const pids = familyOf(site.services.parts[part as FaultyPart]?.pid ?? 0)
      signalAll(pids, 'SIGSTOP')
      await sleep(milliseconds)
      signalAll(pids, 'SIGCONT')
      return
    }
    case 'refuse':
      await Promise.all(wires.map((wire) => wire.refuse()))
      await sleep(milliseconds)
      break
    case 'slow':
      for (const wire of wires) wire.slow({ latencyMs: 40, bytesPerSecond: 400_000 })
      await sleep(milliseconds * 2)
      break
    case 'reset':
      for (const one of lines) one.reset()
      return
    case 'silence':
      for (const one of lines) one.silence()
      return
    case 'lose answer':
      loseNextAnswer(wires, lines.includes(line) ? line : undefined)
      return
    case 'cut':
      for (const one of lines) one.cutAfter('there', 100)
      return
  }
  await Promise.all(wires.map((wire) => wire.lift()))
}

function wiresTo({ wires }: Site, part: FaultyPart | 'network'): Wire[] {
  return wiresOf[part].flatMap((name) => wires[name] ?? [])
}

/** On the line where the step was seen it is the end of its transaction whose answer is lost: was it done, or not? */
function loseNextAnswer(wires: readonly Wire[], line: Line | undefined): void {
  if (line === undefined) {
    for (const wire of wires) for (const one of wire.lines) one.loseAnswer()
    return
  }
  const stops = wires.map((wire) =>
    wire.watch((seen) => {
      if (seen.line !== line || seen.direction !== 'there' || !/commit|\r\n\.\r\n/.test(seen.bytes.toString('latin1')))
        return
      line.loseAnswer()
      for (const stop of stops) stop()
    }),
  )
}

async function restartPart({ site, part, milliseconds }: PartHit, kind: 'restart' | 'kill'): Promise<void> {
  const own = site.services.parts[part as FaultyPart]
  if (!own) throw new Error(`${part} is no part of ours`)
  const wires = wiresTo(site, part)
  const ended = kind === 'kill' ? own.kill() : own.stop()
  // What a wire leads to is gone: nobody listens there.
  if (part === 'clamd') await Promise.all(wires.map((wire) => wire.refuse()))
  await ended
  await sleep(milliseconds)
  await own.start()
  await Promise.all(wires.map((wire) => wire.lift()))
}

/** No file grows any more in what this process writes: EFBIG, which means to a writer what ENOSPC means. */
async function fillDisk(
  site: Site,
  { which, milliseconds }: { readonly which: (typeof diskFaults)[number]; readonly milliseconds: number },
): Promise<void> {
  const pids =
    which === 'objects' ? [site.installation.processes.server.pid] : familyOf(site.services.parts.postgres?.pid ?? 0)
  limitFiles(pids, '0')
  await sleep(milliseconds)
  // What was written ahead could not be: PostgreSQL ends itself, and begins again when there is room.
  if (which === 'database') {
    await site.services.parts.postgres?.kill()
    await site.services.parts.postgres?.start()
  } else limitFiles(pids, 'unlimited')
}

/** The soft limit alone, which any user may raise again. */
function limitFiles(pids: readonly number[], octets: string): void {
  for (const pid of pids) {
    try {
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${octets}:`], { stdio: 'ignore' })
    } catch {
      // It ended meanwhile.
    }
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It ended meanwhile.
    }
  }
}

/** A process and all that it started, however far they went apart from it. */
function familyOf(pid: number): number[] {
  // Everything descends from 0.
  if (pid <= 0) throw new Error('the part does not run')
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It ended meanwhile.
    }
  }
  const found = [pid]
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child)
  return found
}
