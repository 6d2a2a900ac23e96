// Files that are large in themselves (ARCHITECTURE.md#large-files): as large as one scan takes, text that is scanned in
// windows, and what no scan takes, held and released by an approver. Each the whole way by people's commands; memory is
// that of each process at its most, beside the same way with 16 MiB.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { passphraseOf, until } from '../fixtures/cast.ts'
import { agreeOnLarge } from './large-agreement.ts'
import { requireRoom, type SeededKind, sha256Of, writeSeeded } from './seeded.ts'
import type { Site } from './site.ts'
import type { Row } from './table.ts'
import {
  collectOne,
  measuredProcesses,
  meterService,
  mostGrowth,
  sendAndWait,
  type TransferUsage,
} from './transfer-memory.ts'

export const sizeNames = ['scanned', 'windows', 'held'] as const
export type SizeName = (typeof sizeNames)[number]

interface Way {
  readonly kind: SeededKind
  readonly flow: string
  readonly state: 'released' | 'awaiting-approval'
}

/**
 * Not random octets at 2,000 MiB: clamd was seen to find them unscannable (MaxScanSize), as when it takes some of them for
 * an archive and counts what follows twice. Text has nothing of the kind.
 */
const ways: Readonly<Record<SizeName, Way>> = {
  scanned: { kind: 'csv', flow: 'council-to-police', state: 'released' },
  windows: { kind: 'csv', flow: 'council-to-police', state: 'released' },
  held: { kind: 'random', flow: 'sealed-to-police', state: 'awaiting-approval' },
}

export interface SizeMeasured {
  readonly name: SizeName
  readonly mib: number
  /** What the sender reads of it at the end. */
  readonly said: string
  readonly seconds: { readonly untilJudged: number; readonly untilReleased: number; readonly untilCollected: number }
  /** The most of each, from before it was sent until it was collected. */
  readonly usage: TransferUsage
  readonly heldMib: Readonly<Record<'before' | 'after', ReturnType<ReturnType<typeof meterService>['held']>>>
}

export interface Sized {
  readonly name: SizeName
  readonly mib: number
}

/** One after another: each has the disk for itself, and says what it did as soon as it is done. */
export async function measureSizes(
  site: Site,
  { sizes, done }: { readonly sizes: readonly Sized[]; readonly done: (measured: SizeMeasured) => void },
): Promise<{ rows: Row[]; sizes: SizeMeasured[] }> {
  const agreement = await agreeOnLarge(site)
  const rows: Row[] = []
  const measured: SizeMeasured[] = []
  for (const size of sizes) {
    // Only what may be scanned can be small and go the same way.
    const small = await carrySize(site, {
      ...size,
      name: size.name === 'held' ? 'scanned' : size.name,
      mib: 16,
      agreement,
    })
    const large = await carrySize(site, { ...size, agreement })
    done(large)
    measured.push(large)
    rows.push(...rowsOf(small, large))
  }
  return { rows, sizes: measured }
}

function rowsOf(small: SizeMeasured, large: SizeMeasured): Row[] {
  return measuredProcesses.map((process) => {
    const [ours, reference] = [large.usage[process].peakMib, small.usage[process].peakMib]
    return {
      name: `${large.name}, ${large.mib} MiB: ${process}`,
      unit: 'MiB',
      ours,
      reference,
      ratio: ours / reference,
      goal: `growth <= ${mostGrowth}`,
      met: ours - reference <= mostGrowth,
      cpuPerGiB: (large.usage[process].cpuSeconds / large.mib) * 1024,
      peakMiB: ours,
    }
  })
}

/** Throws when another file arrives. The file is removed as soon as it is uploaded, so that the disk holds it twice. */
export async function carrySize(
  site: Site,
  { name, mib, agreement }: Sized & { readonly agreement: string },
): Promise<SizeMeasured> {
  const { kind, flow, state } = ways[name]
  const file = join(site.folder, `${name}-${mib}.${kind === 'csv' ? 'csv' : 'bin'}`)
  const into = join(site.folder, `${name}-${mib}`)
  await requireRoom(site.folder, mib * 2 + 256)
  const { caseworker } = site.cast.council
  try {
    const sum = await writeSeeded(file, { kind, seed: name, mib })
    const service = meterService(site)
    const before = service.held()
    const clock = stopwatch()
    const { transfer, usage: send } = await sendAndWait(site, { file, state, agreement, flow })
    const untilJudged = clock()
    await rm(file)
    if (state === 'awaiting-approval') await approve(site, transfer)
    const untilReleased = clock()
    const { place, usage: collect } = await collectOne(site, { transfer, into })
    const untilCollected = clock()
    const usage = { send, collect, ...service.usage() }
    const heldMib = { before, after: service.held() }
    if ((await sha256Of(place)) !== sum) throw new Error('another file arrived than was sent')
    const { text } = await caseworker.run('status', transfer)
    return { name, mib, said: text, seconds: { untilJudged, untilReleased, untilCollected }, usage, heldMib }
  } finally {
    for (const path of [file, into]) await rm(path, { recursive: true, force: true })
  }
}

async function approve({ cast }: Site, transfer: string): Promise<void> {
  const { approver, caseworker } = cast.council
  await approver.done('approve', transfer, '--reason', 'Footage from our own cameras', ...passphraseOf(approver))
  await until('it is released', async () => (await caseworker.done('status', transfer)).state === 'released', 600)
}

/** Seconds since it was started, to a tenth. */
function stopwatch(): () => number {
  const start = performance.now()
  return () => Math.round((performance.now() - start) / 100) / 10
}
