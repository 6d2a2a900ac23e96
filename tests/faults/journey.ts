// One transfer from a file to its acknowledgement, as two people do it: each command is given again until it says that it
// is done, which is all that a person can do about a fault. Everything between the commands must go on by itself.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Member, passphraseOf, type Ran } from '../fixtures/cast.ts'
import { ask, type Site } from './site.ts'

/** In every file's content and, of another kind, in its name: what must be found nowhere. */
export interface Canaries {
  readonly content: string
  readonly name: string
}

export interface Journey {
  readonly site: Site
  readonly canaries: Canaries
  /** Unique; in the clear by design, so that the oracle finds what belongs together. */
  readonly reference: string
  readonly file: string
  readonly into: string
  /** What each command said that did not end well. */
  readonly complaints: string[]
}

export type Command = 'send' | 'collect' | 'acknowledge'

const kibibyte = 1024

export async function beginJourney(
  site: Site,
  { canaries, number, large }: { readonly canaries: Canaries; readonly number: number; readonly large: boolean },
): Promise<Journey> {
  const folder = join(site.outside, String(number))
  await mkdir(folder)
  const file = join(folder, `${canaries.name}-${number}.txt`)
  await writeCanaries(file, { text: canaries.content, kibibytes: large ? 16 * 1024 + 300 : 300 })
  return { site, canaries, reference: `FAULT-${number}`, file, into: join(folder, 'in'), complaints: [] }
}

/** Random octets, and the canary at the beginning, at the end and every 64 KiB. */
async function writeCanaries(
  path: string,
  { text, kibibytes }: { readonly text: string; readonly kibibytes: number },
): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  for (let at = 0; at < kibibytes; at += 64) {
    const piece = randomBytes(64 * kibibyte)
    piece.write(`\n${text}\n`, 0, 'latin1')
    await file.write(piece)
  }
  await file.write(`\n${text}\n`)
}

export interface Way {
  /** The first attempt of this command is a process of its own, so that it can be killed. */
  readonly apart?: { readonly command: Command; readonly started: (pid: number) => void }
  /** Seconds for each stage. */
  readonly patience: number
}

/** Gives the transfer that arrived. Throws when something does not come to its end. */
export async function travel(journey: Journey, way: Way): Promise<string> {
  const { cast } = journey.site
  const { transfer } = await insist(journey, {
    way,
    who: cast.council.caseworker,
    command: 'send',
    argv: sendArguments(journey),
  })
  await untilReleased(journey, { transfer, seconds: way.patience })
  const who = cast.police.first
  await insist(journey, { way, who, command: 'collect', argv: ['collect', transfer, '--into', journey.into] })
  await insist(journey, { way, who, command: 'acknowledge', argv: ['acknowledge', transfer] })
  return transfer
}

function sendArguments({ site, file, reference }: Journey): readonly string[] {
  const { cast } = site
  return [
    ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--marking', 'OFFICIAL', '--to', cast.police.first.email],
    ...['--case-reference', reference],
  ]
}

interface Insisting {
  readonly way: Way
  readonly who: Member
  readonly command: Command
  readonly argv: readonly string[]
}

/** Refusals that say "not now": a person tries again. */
const notNow = /UNREACHABLE|SERVICE_UNAVAILABLE|AUDIT_UNAVAILABLE|SCAN_NOT_READY|SCAN_PENDING|INTERNAL_ERROR|TOO_MANY/

async function insist(journey: Journey, { way, who, command, argv }: Insisting): Promise<Ran['json']> {
  const deadline = performance.now() + way.patience * 1000
  const whole = [...argv, ...passphraseOf(who), '--json']
  for (let attempt = 1; ; attempt += 1) {
    const apart = attempt === 1 && way.apart?.command === command ? way.apart : null
    const ran = apart ? await runApart(who, { argv: whole, started: apart.started }) : await who.run(...whole)
    if (ran.exit === 0) return ran.json
    const said = `${command} ended with ${ran.exit}: ${ran.text}`
    journey.complaints.push(said)
    // The answer to the first time was lost.
    if (command === 'acknowledge' && ran.text.includes('There is nothing left to do')) return ran.json
    const again = apart !== null || ran.exit === 1 || notNow.test(ran.text)
    if (!again || performance.now() > deadline) throw new Error(said)
    await sleep(500)
  }
}

interface Apart {
  readonly argv: readonly string[]
  readonly started: (pid: number) => void
}

async function runApart({ home }: Member, { argv, started }: Apart): Promise<Ran> {
  const child = spawn(process.execPath, ['cli/main.ts', ...argv], {
    env: { PATH: process.env.PATH ?? '', SAFEHAND_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid === undefined) throw new Error('the client did not start')
  started(child.pid)
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text))
  }
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...ended) => resolve(ended)),
  )
  const text = output.join('') || `ended by ${signal}`
  return { exit: code ?? 128, text, json: code === 0 ? JSON.parse(text) : null }
}

async function untilReleased(
  { site }: Journey,
  { transfer, seconds }: { readonly transfer: string; readonly seconds: number },
): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const [row] = await ask<{ state: string }>(site, 'select state from transfer where id = $1', [transfer]).catch(
      () => [],
    )
    if (row?.state === 'released') return
    if (performance.now() > deadline) throw new Error(`after ${seconds} s the transfer is still ${row?.state}`)
    await sleep(100)
  }
}
