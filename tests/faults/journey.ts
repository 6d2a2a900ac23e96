// One transfer from a file to its acknowledgement, as two people do it: each command is given again until it says that it
// is done, or what it began goes on with resume, which is all that a person can do about a fault. Everything between the
// commands must go on by itself.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Member, passphraseOf, type Ran } from '../fixtures/cast.ts'
import { ask, type Site } from './site.ts'
import { programEnv } from '../fixtures/program-env.ts'

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

export type Command = 'send' | 'rescan' | 'collect' | 'acknowledge' | 'recall'
/** How a transfer ends: with its recipient, taken back by its sender, or by the clock. */
export type Ending = 'acknowledged' | 'recalled' | 'expired'

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

export interface FirstAttempt {
  readonly command: Command
  readonly diskFull: boolean
  readonly started: (pid: number) => void
}

export interface Way {
  /** The first attempt of this command is a process of its own, so that it can be killed, or finds its disk full. */
  readonly apart?: FirstAttempt
  /** Seconds for each stage. */
  readonly patience: number
  readonly ending: Ending
}

/** Gives the transfer that was sent. Throws when something does not come to its end. */
export async function travel(journey: Journey, way: Way): Promise<string> {
  const { cast } = journey.site
  const sender = cast.council.caseworker
  const argv = [...sendArguments(journey), ...passphraseOf(sender)]
  const { transfer } = await insist(journey, { way, who: sender, command: 'send', argv })
  // The scan key was lost with its store: the sender is told by mail, and wraps again.
  const rescan = () =>
    insist(journey, {
      way,
      who: sender,
      command: 'rescan',
      argv: ['rescan', transfer, '--yes', ...passphraseOf(sender)],
    })
  await untilState(journey, { transfer, state: 'released', seconds: way.patience, waitingForSender: rescan })
  await end(journey, { way, transfer })
  return transfer
}

async function end(journey: Journey, { way, transfer }: { readonly way: Way; readonly transfer: string }) {
  const { cast } = journey.site
  const seconds = way.patience
  if (way.ending === 'recalled') {
    const argv = ['recall', transfer, '--reason', 'Sent to the wrong people']
    await insist(journey, { way, who: cast.council.caseworker, command: 'recall', argv })
    return untilState(journey, { transfer, state: 'destroyed', seconds })
  }
  if (way.ending === 'expired') {
    await letExpire(journey.site, transfer)
    return untilState(journey, { transfer, state: 'destroyed', seconds })
  }
  const who = cast.police.first
  const own = passphraseOf(who)
  await insist(journey, { way, who, command: 'collect', argv: ['collect', transfer, '--into', journey.into, ...own] })
  await insist(journey, { way, who, command: 'acknowledge', argv: ['acknowledge', transfer, ...own] })
}

/** As if the days were over: past the guard that lets nobody move an expiry. */
async function letExpire(site: Site, transfer: string): Promise<void> {
  const past = `update transfer set expires_at = clock_timestamp() - interval '1 hour' where id = '${transfer}'`
  const guard = 'trigger transfer_state'
  await ask(site, `alter table transfer disable ${guard}; ${past}; alter table transfer enable always ${guard}`)
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
  for (let attempt = 1; ; attempt += 1) {
    const begun = command === 'send' && attempt > 1 ? await findBegun(journey, who) : null
    const whole = [...(begun === null ? argv : ['resume', begun, ...passphraseOf(who)]), '--json']
    const apart = attempt === 1 && way.apart?.command === command ? way.apart : null
    const ran = apart ? await runApart(who, { ...apart, argv: whole }) : await who.run(...whole)
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

/** What an attempt left behind goes on, as its words advise; null: it had not begun. */
async function findBegun({ file }: Journey, who: Member): Promise<string | null> {
  const { unfinished } = await who.done('resume')
  const found = (unfinished as Unfinished[]).find(({ files }) => files.some(({ place }) => place === file))
  return found?.transfer ?? null
}

interface Unfinished {
  readonly transfer: string
  readonly files: readonly { readonly place: string }[]
}

async function runApart(
  { home }: Member,
  { argv, diskFull, started }: FirstAttempt & { readonly argv: readonly string[] },
): Promise<Ran> {
  // No file of its may grow: EFBIG, which means to a writer what ENOSPC means.
  const limited = diskFull ? ['prlimit', '--fsize=0:'] : []
  const [program = '', ...more] = [...limited, process.execPath, 'cli/main.ts', ...argv]
  const child = spawn(program, more, {
    env: { ...programEnv, SAFEHAND_HOME: home },
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

interface Standing {
  readonly transfer: string
  readonly state: string
  readonly seconds: number
  readonly waitingForSender?: () => Promise<unknown>
}

async function untilState({ site }: Journey, { transfer, state, seconds, waitingForSender }: Standing): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const [row] = await ask<{ state: string }>(site, 'select state from transfer where id = $1', [transfer]).catch(
      () => [],
    )
    if (row?.state === state) return
    if (row?.state === 'waiting-for-sender') await waitingForSender?.()
    if (performance.now() > deadline) throw new Error(`after ${seconds} s the transfer is ${row?.state}, not ${state}`)
    await sleep(100)
  }
}
