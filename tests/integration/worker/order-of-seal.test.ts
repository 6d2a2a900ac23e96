// The order of seal and release (ARCHITECTURE.md#seal) when a process is killed between two steps, once each. A step is
// held up by a lock on the table it must write to next; then its process is killed, the lock goes, and the next process
// finishes.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { addSeconds } from '#domain/time.ts'
import type { Fingerprint, Instant, Sha256Hex } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { openScanKeys, type ScanKeys } from '#platform/scan-keys.ts'
import {
  dispatchTransfer,
  type HeldTable,
  holdTable,
  draftTransfer,
  loadEvents,
  loadVerdicts,
  scanAgain,
  startWorkers,
  until,
  untilState,
  type Workers,
} from '../../fixtures/workers.ts'

const services = inject('services')
const contents = [new TextEncoder().encode('minutes of the meeting')]

/** Every step happened once, in this order, whoever was killed in between. */
const wholeStory = [
  'scan.certificate.issued',
  'scan.started',
  'scan.verdict',
  'scan.key.destroyed',
  'transfer.released',
  'transfer.notified',
]

let workers: Workers
let scanKeys: ScanKeys

beforeAll(async () => {
  workers = await startWorkers(services)
  scanKeys = await openScanKeys({ url: services.scanKeysUrl, onError: () => undefined })
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})

afterAll(async () => {
  scanKeys?.close()
  await workers?.stop()
})

const hold = (table: HeldTable) => holdTable(workers, table)

async function wholeStoryOf(id: Parameters<typeof loadEvents>[1]): Promise<string[]> {
  await until(async () => (await loadEvents(workers, id)).includes('transfer.notified'), {
    otherwise: async () => (await loadEvents(workers, id)).join(', '),
  })
  return loadEvents(workers, id)
}

describe('[scan/killed] killed between the steps', () => {
  it('[scan/killed] after the verdict, before the key is destroyed: no second scan, sealed, then released', async () => {
    const verdicts = await hold('verdict')
    const { id, scan } = await dispatchTransfer(workers, { contents })
    await verdicts.reached()
    await workers.processes.housekeeper!.stop()
    await verdicts.free()
    await until(async () => (await loadVerdicts(workers, id)).length === 2, { otherwise: async () => 'no verdict' })
    expect(await scanKeys.exists(scan)).toBe(true)

    const { housekeeper, scanner, server } = workers.database.as
    const release = { state: 'released' } as const
    for (const [role, reason] of [
      [housekeeper, /released only clean and sealed/],
      [scanner, /safehand_scanner may not lead/],
      [server, /safehand_server may not lead/],
    ] as const) {
      const update = role.database.updateTable('transfer').set(release).where('id', '=', id)
      await expect(update.execute()).rejects.toThrow(reason)
    }

    await workers.processes.scanner!.kill()
    await scanAgain(workers, id)
    await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
    await untilState(workers, { id, state: 'released', seconds: 60 })
    expect(await scanKeys.exists(scan)).toBe(false)
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/killed] after the key is destroyed, before that is written down: not taken for lost, then released', async () => {
    const seals = await hold('scan_key_destroyed')
    const { id, scan } = await dispatchTransfer(workers, { contents })
    await seals.reached()
    expect(await scanKeys.exists(scan)).toBe(false)
    await workers.processes.scanner!.kill()
    await seals.free()
    await scanAgain(workers, id)
    await workers.start('scanner')
    await untilState(workers, { id, state: 'released', seconds: 60 })
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/killed] the housekeeper, while it releases: released once, told once', async () => {
    const seals = await hold('scan_key_destroyed')
    const { id } = await dispatchTransfer(workers, { contents })
    await seals.reached()
    const release = await hold('pkesk')
    await seals.free()
    await release.reached()
    await workers.processes.housekeeper!.kill()
    await release.free()
    await workers.start('housekeeper')
    await untilState(workers, { id, state: 'released', seconds: 60 })
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/killed] after a scan key is kept, before its certificate is known: another is made, and one counts', async () => {
    const certificates = await hold('scan_certificate')
    const drafting = draftTransfer(workers, { contents })
    await certificates.reached()
    await workers.processes.scanner!.kill()
    await certificates.free()
    await workers.start('scanner')
    const { id, dispatch } = await drafting
    await dispatch()
    await untilState(workers, { id, state: 'released', seconds: 60 })
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/killed] after the scan began, before its verdict: scanned again, judged once', async () => {
    const verdicts = await hold('verdict')
    const { id } = await dispatchTransfer(workers, { contents })
    await verdicts.reached()
    await workers.processes.scanner!.kill()
    await verdicts.free()
    expect(await loadVerdicts(workers, id)).toEqual([])
    await workers.start('scanner')
    await untilState(workers, { id, state: 'released', seconds: 60 })
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/killed] after the seal is written down, before the release: released by the next housekeeper', async () => {
    const seals = await hold('scan_key_destroyed')
    const { id, scan } = await dispatchTransfer(workers, { contents })
    await seals.reached()
    await workers.processes.housekeeper!.kill()
    await seals.free()
    const sealed = () =>
      workers.database.as.owner.database
        .selectFrom('scan_key_destroyed')
        .select('at')
        .where('fingerprint', '=', scan)
        .executeTakeFirst()
    await until(async () => (await sealed()) !== undefined, { otherwise: async () => 'not sealed' })
    await workers.processes.scanner!.kill()
    await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
    await untilState(workers, { id, state: 'released', seconds: 60 })
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/killed] after the release, before somebody is told: told, and written down once', async () => {
    const told = await hold('notified')
    const { id } = await dispatchTransfer(workers, { contents })
    await told.reached()
    await workers.processes.housekeeper!.kill()
    await told.free()
    await workers.start('housekeeper')
    expect(await wholeStoryOf(id)).toEqual(wholeStory)
  })

  it('[scan/lost-key] after a key was missed, before that is written down: lost once, and never judged', async () => {
    const { id, scan, dispatch } = await draftTransfer(workers, { contents })
    await scanKeys.destroy(scan)
    const certificates = await hold('scan_certificate')
    await dispatch()
    await certificates.reached()
    await workers.processes.scanner!.kill()
    await certificates.free()
    await workers.start('scanner')
    await untilState(workers, { id, state: 'waiting-for-sender', seconds: 60 })
    const events = await wholeStoryOf(id)
    expect(events.filter((event) => event === 'scan.key.lost')).toHaveLength(1)
    expect(events).not.toContain('scan.verdict')
  })
})

describe('[scan/lost-key] scan certificates that are over', () => {
  const owner = () => workers.database.as.owner.database
  const long = (hours: number) => addSeconds(systemClock.now() as Instant, -hours * 3600)
  const expire = (fingerprint: Fingerprint) =>
    owner()
      .updateTable('scan_certificate')
      .set({ expires_at: long(1) })
      .where('fingerprint', '=', fingerprint)
      .execute()

  it('[scan/lost-key] before the scan: nothing is opened with it, and the sender is asked', async () => {
    const { id, scan, dispatch } = await draftTransfer(workers, { contents })
    await workers.processes.scanner!.stop()
    await expire(scan)
    await dispatch()
    await workers.start('scanner')
    await untilState(workers, { id, state: 'waiting-for-sender' })
    await until(async () => !(await scanKeys.exists(scan)), { otherwise: async () => 'the key is still there' })
    expect(await loadVerdicts(workers, id)).toEqual([])
  })

  it('[scan/lost-key] of a transfer that was never handed over: swept, and written down', async () => {
    const { id, scan } = await draftTransfer(workers, { contents })
    expect(await scanKeys.exists(scan)).toBe(true)
    await expire(scan)
    await until(async () => (await loadEvents(workers, id)).includes('scan.key.destroyed'), {
      otherwise: async () => 'not swept',
    })
    expect(await scanKeys.exists(scan)).toBe(false)
  })

  it('[scan/lost-key] of a sender who does not come back within a day: rejected, and not a minute before', async () => {
    const { id, scan, dispatch } = await draftTransfer(workers, { contents })
    await scanKeys.destroy(scan)
    await dispatch()
    await untilState(workers, { id, state: 'waiting-for-sender' })
    const lose = (at: Instant) =>
      owner().updateTable('scan_certificate').set({ lost_at: at }).where('fingerprint', '=', scan).execute()
    await lose(long(23.98))
    await sleep(2_500)
    await untilState(workers, { id, state: 'waiting-for-sender', seconds: 1 })
    await lose(long(24.1))
    await untilState(workers, { id, state: 'rejected' })
    await until(async () => (await loadEvents(workers, id)).includes('transfer.rejected'), {
      otherwise: async () => 'no entry',
    })
  })
})

describe('[operate/rights] what each worker cannot do', () => {
  const denied = /permission denied/

  it('[operate/rights] the housekeeper writes no verdict and no seal', async () => {
    const { database } = workers.database.as.housekeeper
    const { id, scan, note } = await dispatchTransfer(workers, { contents })
    const verdict = {
      transfer: id,
      file: note.files[0]!.id,
      verdict: 'clean',
      finding: null,
      engine: 'none',
      body_digest: note.files[0]!.bodyDigest,
      commitment: '0'.repeat(64) as Sha256Hex,
      at: note.at,
    } as const
    await expect(database.insertInto('verdict').values(verdict).execute()).rejects.toThrow(denied)
    const seal = { fingerprint: scan, transfer: id, at: note.at }
    await expect(database.insertInto('scan_key_destroyed').values(seal).execute()).rejects.toThrow(denied)
    await untilState(workers, { id, state: 'released' })
  })

  it('[operate/rights] the scanner appends to no log, drops no key, tells nobody, and reads no address', async () => {
    const { pool } = workers.database.as.scanner
    for (const statement of [
      'select email from account',
      'delete from pkesk',
      'select from notified',
      'select from outbox',
      'select from audit.entry',
      `select audit.append('x', 0, '{}', '{}', '{}', '{}', '{}')`,
      'update verdict set verdict = verdict',
      'delete from scan_key_destroyed',
    ]) {
      await expect(pool.query(statement), statement).rejects.toThrow(denied)
    }
  })
})
