/**
 * The guard outlives its starter by a moment: it reads the starter's pipe, and when that closes without a goodbye
 * (crash, kill -9, an exit that forgot to stop) it ends every recorded process group and removes the temporary
 * folders. So no part and no plaintext in a memory file system stays behind. Run as a program it is the guard;
 * imported it starts one.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

type Recorded = { pid: number; signal: NodeJS.Signals }

export type Guard = {
  /** From now on this process group ends with the starter, by this signal, then by SIGKILL. */
  record(part: Recorded): void
  forget(pid: number): void
  /** Nothing is left to guard: the guard ends at once. */
  dismiss(): void
}

const ownFile = fileURLToPath(import.meta.url)
const GRACE_MS = 5_000

/** @param folders are removed with everything in them once the parts have ended. */
export function startGuard(folders: readonly string[]): Guard {
  const child = spawn(process.execPath, [ownFile, ...folders], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.on('error', () => {}) // without a guard the parts still stop by stop()
  child.stdin.on('error', () => {})
  child.unref()
  ;(child.stdin as Socket).unref()
  const say = (line: string) => child.stdin.write(`${line}\n`)
  return {
    record: ({ pid, signal }) => say(`record ${pid} ${signal}`),
    forget: (pid) => say(`forget ${pid}`),
    dismiss: () => {
      say('dismiss')
      child.stdin.end()
    },
  }
}

async function guard(folders: readonly string[]): Promise<void> {
  const recorded = new Map<number, NodeJS.Signals>()
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, pid, signal] = line.split(' ')
    if (verb === 'record') recorded.set(Number(pid), signal as NodeJS.Signals)
    if (verb === 'forget') recorded.delete(Number(pid))
    if (verb === 'dismiss') return
  }
  for (const [pid, signal] of recorded) signalled(-pid, signal)
  const deadline = Date.now() + GRACE_MS
  while (Date.now() < deadline && [...recorded.keys()].some((pid) => signalled(-pid, 0))) await pause(50)
  for (const pid of recorded.keys()) signalled(-pid, 'SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

if (import.meta.main) await guard(process.argv.slice(2))
