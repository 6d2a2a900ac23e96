// A campaign: which fault strikes whom at which step, drawn from a seed; each carried out on one transfer over the same
// installation, and judged by the oracle before the next.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fault, networkFaults, type PartName, partFaults, processFaults, strike } from './faults.ts'
import { beginJourney, type Canaries, type Command, type Ending, type Journey, travel } from './journey.ts'
import { judgeJourney, judgeLog, judgeSecrecy } from './oracle.ts'
import { partNames, processNames, type Site, type StoreKind } from './site.ts'
import { type Step, type StepName, stepNames, steps, type Watch, watchFor } from './steps.ts'

export interface Case {
  readonly number: number
  readonly step: StepName
  readonly fault: Fault
  /** How long it lasts, where it lasts. */
  readonly milliseconds: number
}

export interface Outcome extends Case {
  /** What the oracle found; empty is well. */
  readonly wrong: readonly string[]
  /** What commands said before they were given again. */
  readonly complaints: readonly string[]
  readonly seconds: number
}

/** Where a fault can be injected: S3's where S3 is the store, a full disk where it is a disk. */
export function storeOf({ part }: Fault): StoreKind {
  return part === 's3' ? 's3' : 'files'
}

interface Narrowed {
  readonly only?: readonly PartName[]
  readonly at?: readonly StepName[]
}

/** Everything that can be drawn: each fault of each part at each step. */
function everyCase({ only, at = stepNames }: Narrowed): Pick<Case, 'step' | 'fault'>[] {
  const faults: Fault[] = [
    ...partNames.flatMap((part) => partFaults.map((kind) => ({ part, kind }))),
    ...networkFaults.map((kind) => ({ part: 'network', kind }) as const),
    ...processNames.flatMap((part) => processFaults.map((kind) => ({ part, kind }))),
    { part: 'disk', kind: 'objects' },
    { part: 'disk', kind: 'database' },
    { part: 'client', kind: 'kill' },
    { part: 'client', kind: 'disk full' },
  ]
  const wanted = faults.filter(({ part }) => !only || only.includes(part))
  return at.flatMap((step) => wanted.filter((fault) => makesSense(step, fault)).map((fault) => ({ step, fault })))
}

/** No client runs between the commands, nor until what it recalled is destroyed; a local socket does not fall silent. */
function makesSense(step: StepName, { part, kind }: Fault): boolean {
  if (part === 'clamd' && kind === 'silence') return false
  if (kind === 'disk full') return step === 'draft' || step === 'collect'
  return part !== 'client' || (commandOf(step) !== null && step !== 'destroy what was recalled')
}

const commandOf = (step: StepName): Command | null => {
  const { during } = steps[step] as Step
  return during === 'afterwards' || during === 'expiry' ? null : during
}

const endings: Readonly<Partial<Record<Step['during'], Ending>>> = { recall: 'recalled', expiry: 'expired' }

interface Drawing extends Narrowed {
  readonly seed: number
  readonly count: number
}

/** Every pair of step and part comes before any comes twice; which faults, and in which order, is the seed's. */
export function drawCases({ seed, count, ...narrowed }: Drawing): Case[] {
  const draw = generator(seed)
  const pool = shuffled(everyCase(narrowed), draw)
  const rounds = new Map<string, number>()
  const ranked = pool.map((one) => {
    const pair = `${one.step} ${one.fault.part}`
    const round = rounds.get(pair) ?? 0
    rounds.set(pair, round + 1)
    return { ...one, round }
  })
  const ordered = ranked.toSorted((one, other) => one.round - other.round)
  return Array.from({ length: count }, (_, index) => {
    const { step, fault } = ordered[index % ordered.length]!
    return { number: index + 1, step, fault, milliseconds: 200 + Math.floor(draw() * 1300) }
  })
}

/** Mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function shuffled<T>(items: readonly T[], draw: () => number): T[] {
  const mixed = [...items]
  for (let index = mixed.length - 1; index > 0; index -= 1) {
    const other = Math.floor(draw() * (index + 1))
    ;[mixed[index], mixed[other]] = [mixed[other]!, mixed[index]!]
  }
  return mixed
}

export function newCanaries(): Canaries {
  return {
    content: `SAFEHAND-CANARY-${randomBytes(12).toString('hex')}`,
    name: `canary-${randomBytes(8).toString('hex')}`,
  }
}

/** Seconds in which each stage of a transfer must come to its end. */
const patience = 300

export async function runCase(site: Site, canaries: Canaries, one: Case): Promise<Outcome> {
  const began = performance.now()
  const since = Date.now() - 1000
  const { step, fault, milliseconds } = one
  const large = (steps[step] as Step).large === true
  const journey = await beginJourney(site, { canaries, number: one.number, large })
  const wrong = await carryThrough(journey, { step, fault, milliseconds })
  await site.revive()
  wrong.push(...(await judgeSecrecy(site, { canaries, since })))
  const seconds = Math.round(performance.now() - began) / 1000
  return { ...one, wrong, complaints: journey.complaints, seconds }
}

async function carryThrough(
  journey: Journey,
  { step, fault, milliseconds }: Pick<Case, 'step' | 'fault' | 'milliseconds'>,
): Promise<string[]> {
  const { site } = journey
  const command = commandOf(step)
  const ending = endings[(steps[step] as Step).during] ?? 'acknowledged'
  let watch: Watch | undefined
  let lifted: Promise<void> | undefined
  const arm = (client?: number) => {
    watch = watchFor(site, step, (line) => {
      if (client !== undefined && fault.kind === 'kill') process.kill(client, 'SIGKILL')
      lifted = strike({ site, fault, line, milliseconds })
      lifted.catch(() => undefined)
    })
  }
  // A client must run before anything happens to it.
  if (fault.part !== 'client') arm()
  const diskFull = fault.kind === 'disk full'
  const apart = fault.part === 'client' && command ? { command, diskFull, started: arm } : undefined
  try {
    const transfer = await travel(journey, { patience, ending, ...(apart && { apart }) })
    const reached = await Promise.race([watch?.reached, sleep(20_000, null)])
    if (!reached) return [`${step} was never reached`]
    await lifted
    return await judgeJourney(journey, { transfer, ending })
  } catch (error) {
    return [(error as Error).message, ...site.deaths()]
  } finally {
    watch?.stop()
    await lifted?.catch(() => undefined)
  }
}

/** At the end, and now and then: everything that was kept is searched, and both parties verify the log. */
export async function runAudit(site: Site, canaries: Canaries, name: string): Promise<string[]> {
  return [
    ...(await judgeSecrecy(site, { canaries, since: 0 })),
    ...(await judgeLog(site, join(site.outside, `log-${name}`))),
  ]
}
