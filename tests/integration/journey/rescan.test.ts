// A scan key lost before the scan, twice, and the sender who asks for another scan each time, by the command line over a
// whole installation: the log is fetched and verified first, and the transfer is released in the end
// (ARCHITECTURE.md#scan-key-lost).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openScanKeys, type ScanKeys } from '#platform/scan-keys.ts'
import { type Services, startServices } from '../../../scripts/services.ts'
import { type Cast, passphraseOf, until } from '../../fixtures/cast.ts'
import { copyGrown } from '../../fixtures/copy-grown.ts'
import type { TestDatabase } from '../../fixtures/database.ts'
import type { Installation } from '../../fixtures/installation.ts'

const services = inject('services')

let clamd: Services<'clamd'>
let database: TestDatabase
let installation: Installation
let scanKeys: ScanKeys
let directory: string
let cast: Cast

beforeAll(async () => {
  clamd = await startServices({ directory: '.run/rescan', only: ['clamd'], ignoreSettings: true })
  scanKeys = await openScanKeys({ url: services.scanKeysUrl, onError: () => undefined })
  directory = await mkdtemp(join(tmpdir(), 'safehand-rescan-'))
  const its = { ...services, clamd: clamd.clamd }
  ;({ database, installation, cast } = await copyGrown({ services: its, homes: directory }))
})
afterAll(async () => {
  scanKeys?.close()
  await installation?.stop()
  await clamd?.stop()
  await database?.drop()
  if (directory) await rm(directory, { recursive: true, force: true })
})

async function loseScanKey(transfer: string): Promise<void> {
  const newest = await database.as.owner.database
    .selectFrom('scan_certificate')
    .select('fingerprint')
    .where('transfer', '=', transfer as never)
    .where('lost_at', 'is', null)
    .executeTakeFirstOrThrow()
  await scanKeys.destroy(newest.fingerprint)
}

async function untilState(transfer: string, wanted: string): Promise<void> {
  await until(`the transfer is ${wanted}`, async () => {
    const { state } = await cast.council.caseworker.done('status', transfer)
    return state === wanted
  })
}

describe('[scan/lost-key] a scan key that is lost', () => {
  it('[scan/lost-key] twice, is wrapped for again twice, and the files are scanned and released once', async () => {
    const { council, police, agreement } = cast
    const sender = council.caseworker
    const secret = passphraseOf(sender)
    const file = join(directory, 'report.txt')
    await writeFile(file, 'What happened on Tuesday.\n')
    await clamd.parts.clamd!.kill()
    const { transfer, note } = await sender.done(
      ...['send', file, '--agreement', agreement, '--flow', 'council-to-police', '--purpose', 'SAFEGUARD_CHILD'],
      ...['--item', 'INCIDENT_SUMMARY', '--case-reference', 'ASB-17', '--to', police.first.email, ...secret],
    )
    const early = await sender.run('rescan', transfer, '--yes', ...secret)
    expect([early.exit, early.text]).toEqual([2, expect.stringContaining('nothing waits for you')])

    const notes = [note]
    for (const _ of ['once', 'twice']) {
      await loseScanKey(transfer)
      await untilState(transfer, 'waiting-for-sender')
      const unsaid = await sender.run('rescan', transfer, ...secret)
      expect([unsaid.exit, unsaid.text]).toEqual([2, expect.stringContaining('Nothing was sent')])
      const again = await sender.done('rescan', transfer, '--yes', ...secret)
      notes.push(again.note)
    }
    expect(new Set(notes).size).toBe(3)

    await clamd.parts.clamd!.start()
    await untilState(transfer, 'released')
    const into = join(directory, 'in')
    await police.first.done('collect', transfer, '--into', into, ...passphraseOf(police.first))
    expect(await readFile(join(into, 'report.txt'), 'utf8')).toBe('What happened on Tuesday.\n')

    const log = join(directory, 'log')
    await council.officer.done('audit', 'export', agreement, '--into', log)
    const { entries } = await council.officer.done('audit', 'verify', log, '--entries')
    const events = entries.flatMap(({ entry }: { entry: { event: string; transfer?: string; outcome: string } }) =>
      entry.transfer === transfer && entry.outcome === 'success' ? [entry.event] : [],
    )
    const count = (event: string) => events.filter((one: string) => one === event).length
    expect([count('scan.key.lost'), count('transfer.dispatched'), count('scan.key.destroyed')]).toEqual([2, 3, 3])
    expect([count('scan.started'), count('scan.verdict'), count('transfer.released')]).toEqual([1, 1, 1])
  })
})
