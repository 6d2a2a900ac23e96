// What a transfer of some size takes in each process that it goes through: the sender's and the recipient's command,
// the server and the scanner. Whole transfers over the real path, the file compared at its end.
import { createHash, randomFillSync } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Member, passphraseOf, until } from '../fixtures/cast.ts'
import type { Site } from './site.ts'
import { measureCommand, meter, type Usage } from './usage.ts'

export const measuredProcesses = ['send', 'collect', 'server', 'scanner'] as const
export type MeasuredProcess = (typeof measuredProcesses)[number]
export type TransferUsage = Readonly<Record<MeasuredProcess, Usage>>

const mebibyte = 1024 * 1024

/** Sends and collects one file of random octets; throws when another file arrives. */
export async function measureTransfer(site: Site, mib: number): Promise<TransferUsage> {
  const { server, scanner } = site.installation.processes
  const meters = { server: meter(server.pid), scanner: meter(scanner.pid) }
  const { send, collect } = await sendAndCollect(site, mib)
  return { send, collect, server: meters.server.read(), scanner: meters.scanner.read() }
}

/** The whole way of one file, which is removed on both sides. */
export async function sendAndCollect({ cast, folder }: Site, mib: number) {
  const { caseworker } = cast.council
  const file = join(folder, `${mib}-mib.bin`)
  const into = join(folder, `collected-${mib}`)
  await writeRandom(file, mib)
  try {
    const sent = await measure(caseworker, [
      ...['send', file, '--agreement', cast.agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
      ...['--item', 'INCIDENT_SUMMARY', '--marking', 'OFFICIAL', '--to', cast.police.first.email],
    ])
    const transfer: string = sent.said.transfer
    await until(`${mib} MiB are released`, () => isReleased(caseworker, transfer), 600)
    const collected = await measure(cast.police.first, ['collect', transfer, '--into', into])
    const [{ place }] = collected.said.files
    if ((await sha256Of(place)) !== (await sha256Of(file))) throw new Error('another file arrived than was sent')
    return { transfer, send: sent.usage, collect: collected.usage }
  } finally {
    for (const path of [file, into]) await rm(path, { recursive: true, force: true })
  }
}

/** MiB that each process held more at its peak. */
export function growthOf({ small, large }: { readonly small: TransferUsage; readonly large: TransferUsage }) {
  const grown = (name: MeasuredProcess) => large[name].peakMib - small[name].peakMib
  return { send: grown('send'), collect: grown('collect'), server: grown('server'), scanner: grown('scanner') }
}

async function isReleased(sender: Member, transfer: string): Promise<boolean> {
  const { state, said, finding } = await sender.done('status', transfer)
  if (state === 'rejected') throw new Error(`${said} ${finding ?? ''}`)
  return state === 'released'
}

async function measure(member: Member, argv: readonly string[]) {
  const { output, ...usage } = await measureCommand({
    script: 'cli/main.ts',
    argv: [...argv, ...passphraseOf(member), '--json'],
    settings: { SAFEHAND_HOME: member.home },
  })
  return { usage, said: JSON.parse(output) }
}

async function writeRandom(path: string, mib: number): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  const piece = new Uint8Array(mebibyte)
  for (let written = 0; written < mib; written += 1) await file.write(randomFillSync(piece))
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
