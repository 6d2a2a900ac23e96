/**
 * One part (PostgreSQL, Redis, clamd, ...) as a process of ours: started in its own process group, ready when it
 * answers its own protocol, stopped by the recorded group and by nothing else. Trusts nobody to have stopped it
 * before: a guard process ends every recorded group when the starter is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Guard } from './guard.ts'

/** A running part that a test may stop, kill and start again at the same address. */
export type Part = {
  readonly name: string
  /** Process id, undefined while the part is down. */
  readonly pid: number | undefined
  start(): Promise<void>
  /** Ends the part in its own orderly way. */
  stop(): Promise<void>
  /** `kill -9`, to the whole process group. */
  kill(): Promise<void>
}

export type Command = {
  command: string
  args: readonly string[]
  cwd: string
  env?: NodeJS.ProcessEnv
  /** Only as root: the user that the part runs as. */
  uid?: number
  gid?: number
}

type ProcessPart = {
  name: string
  command: Command
  logFile: string
  stopSignal: NodeJS.Signals
  guard: Guard
  /** Resolves when the part answered its own protocol; throws while it does not. */
  probe: () => Promise<void>
}

const READY_WITHIN_MS = 300_000
const STOP_WITHIN_MS = 20_000
const PROBE_EVERY_MS = 20

export function processPart({ name, command, logFile, stopSignal, guard, probe }: ProcessPart): Part {
  let child: ChildProcess | undefined
  let logged = 0

  async function start(): Promise<void> {
    if (child !== undefined) throw new Error(`${name} is running already`)
    const log = openSync(logFile, 'a', 0o600)
    logged = fstatSync(log).size
    const { command: file, args, ...options } = command
    const started = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log, log] })
    closeSync(log)
    started.unref()
    let failure: Error | undefined
    started.once('error', (error) => {
      failure = error
    })
    started.once('exit', (code, signal) => {
      failure ??= new Error(`ended with ${signal ?? code}`)
      if (started.pid !== undefined) guard.forget(started.pid)
      if (child === started) child = undefined
    })
    child = started
    if (started.pid !== undefined) guard.record({ pid: started.pid, signal: stopSignal })

    const deadline = Date.now() + READY_WITHIN_MS
    for (;;) {
      try {
        await probe()
        if (failure === undefined) return
      } catch (error) {
        if (Date.now() > deadline) failure ??= new Error('did not answer in time', { cause: error })
      }
      if (failure !== undefined) {
        await end('SIGKILL')
        throw new Error(`${name} did not start: ${failure.message}\n${lastLines({ file: logFile, from: logged })}`, {
          cause: failure,
        })
      }
      await pause(PROBE_EVERY_MS)
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) {
      child = undefined
      return
    }
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.ref()
    signalGroup(running.pid, signal)
    const late = setTimeout(() => signalGroup(running.pid, 'SIGKILL'), STOP_WITHIN_MS)
    await gone
    clearTimeout(late)
  }

  return {
    name,
    get pid() {
      return child?.pid
    },
    start,
    stop: () => end(stopSignal),
    kill: () => end('SIGKILL'),
  }
}

/** Signals a process group; one that is gone already is no error. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Runs a command to its end and gives what it printed; throws with its output when it failed. */
export async function run({ command, args, ...options }: Command): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  const errors: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const end = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(signal ?? code))
  })
  if (end === 0) return output.join('')
  throw new Error(`${command} ended with ${end}\n${errors.concat(output).join('').split('\n').slice(-50).join('\n')}`)
}

/** A TCP port that was free a moment ago. The part that takes it may still lose the race: see `onFreePort`. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return address.port
}

/** Starts a part on a free port, again on another when somebody else was faster. */
export async function onFreePort<T extends { part: Part }>(make: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const made = await make(await freePort())
    try {
      await made.part.start()
      return made
    } catch (error) {
      if (attempt === 5 || !/address already in use/i.test(String(error))) throw error
    }
  }
}

function lastLines({ file, from }: { file: string; from: number }): string {
  return readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n').slice(-50).join('\n')
}
