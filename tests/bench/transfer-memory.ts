// What a transfer of some size takes in each process that it goes through: the sender's and the recipient's command,
// and the service's own. Whole transfers over the real path, the file compared at its end.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Member, passphraseOf, until } from '../fixtures/cast.ts'
import { requireRoom, type SeededKind, sha256Of, writeSeeded } from './seeded.ts'
import type { Site } from './site.ts'
import { heldMib, measureCommand, meter, type Usage } from './usage.ts'

/** MiB that a process may hold more for a large file than for a small one. */
export const mostGrowth = 64

const service = ['server', 'scanner', 'housekeeper'] as const
export const measuredProcesses = ['send', 'collect', ...service] as const
export type MeasuredProcess = (typeof measuredProcesses)[number]
export type TransferUsage = Readonly<Record<MeasuredProcess, Usage>>

/** Sends and collects one file; throws when another file arrives. */
export async function measureTransfer(site: Site, carrying: Carrying): Promise<TransferUsage> {
  const metered = meterService(site)
  const { send, collect } = await sendAndCollect(site, carrying)
  return { send, collect, ...metered.usage() }
}

type ServiceProcess = (typeof service)[number]

/** Begins to measure each of the service's processes; also says what they hold at the moment. */
export function meterService({ installation: { processes } }: Site) {
  const ofEach = <T>(read: (name: ServiceProcess) => T) =>
    Object.fromEntries(service.map((name) => [name, read(name)])) as Record<ServiceProcess, T>
  const meters = ofEach((name) => meter(processes[name].pid))
  return {
    usage: () => ofEach((name) => meters[name].read()),
    held: () => ofEach((name) => heldMib(processes[name])),
  }
}

export interface Carrying {
  readonly mib: number
  /** Random octets when left out. */
  readonly kind?: SeededKind
  /** The cast's when left out. */
  readonly agreement?: string
}

/** The whole way of one file, which is removed on both sides. */
export async function sendAndCollect(site: Site, { mib, kind = 'random', ...under }: Carrying) {
  const file = join(site.folder, `${mib}-mib.${kind === 'csv' ? 'csv' : 'bin'}`)
  const into = join(site.folder, `collected-${mib}`)
  // The file, its body in the store, and what arrives.
  await requireRoom(site.folder, mib * 3 + 256)
  try {
    const sum = await writeSeeded(file, { kind, seed: `${mib} MiB`, mib })
    const sent = await sendAndWait(site, { file, state: 'released', ...under })
    const collected = await collectOne(site, { transfer: sent.transfer, into })
    if ((await sha256Of(collected.place)) !== sum) throw new Error('another file arrived than was sent')
    return { transfer: sent.transfer, send: sent.usage, collect: collected.usage }
  } finally {
    for (const path of [file, into]) await rm(path, { recursive: true, force: true })
  }
}

export interface Sending {
  readonly file: string
  /** Resolves when the transfer is in it. */
  readonly state: 'released' | 'awaiting-approval'
  readonly agreement?: string
  readonly flow?: string
}

/** By the council's caseworker, for one person of the police. */
export async function sendAndWait(site: Site, sending: Sending) {
  const { cast } = site
  const { caseworker } = cast.council
  const { agreement = cast.agreement, flow = 'council-to-police', file } = sending
  const sent = await measure(site, caseworker, [
    ...['send', file, '--agreement', agreement, '--flow', flow, '--purpose', 'SAFEGUARD_CHILD'],
    ...['--item', 'INCIDENT_SUMMARY', '--marking', 'OFFICIAL', '--to', cast.police.first.email],
  ])
  const transfer: string = sent.said.transfer
  await until(`${file} is ${sending.state}`, () => isIn(caseworker, { transfer, state: sending.state }), 3600)
  return { transfer, usage: sent.usage }
}

/** Resolves when the person has it, opened and checked. */
export async function collectOne(site: Site, { transfer, into }: { transfer: string; into: string }) {
  const collected = await measure(site, site.cast.police.first, ['collect', transfer, '--into', into])
  const [{ place }] = collected.said.files
  return { place: String(place), usage: collected.usage }
}

/** MiB that each process held more at its peak. */
export function growthOf({ small, large }: { readonly small: TransferUsage; readonly large: TransferUsage }) {
  const grown = measuredProcesses.map((name) => [name, large[name].peakMib - small[name].peakMib])
  return Object.fromEntries(grown) as Record<MeasuredProcess, number>
}

async function isIn(
  sender: Member,
  { transfer, state: wanted }: { readonly transfer: string; readonly state: Sending['state'] },
): Promise<boolean> {
  const { state, said, finding } = await sender.done('status', transfer)
  if (state === 'rejected' || (state === 'awaiting-approval' && wanted === 'released')) {
    throw new Error(`${said} ${finding ?? ''}`)
  }
  return state === wanted
}

async function measure({ commandSettings }: Site, member: Member, argv: readonly string[]) {
  const { output, ...usage } = await measureCommand({
    script: 'cli/main.ts',
    argv: [...argv, ...passphraseOf(member), '--json'],
    settings: { SAFEHAND_HOME: member.home, ...commandSettings(argv[0] ?? '') },
  })
  return { usage, said: JSON.parse(output) }
}
