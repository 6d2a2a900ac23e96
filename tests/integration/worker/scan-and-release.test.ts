// From dispatched to released or rejected, by the two workers as processes over real PostgreSQL, Redis, clamd and SMTP.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Sha256Hex, TransferId } from '#domain/values.ts'
import { openDatabase } from '#store/database.ts'
import { openScanKeys, type ScanKeys } from '#platform/scan-keys.ts'
import { readMails } from '../../../scripts/services.ts'
import {
  dispatchTransfer,
  draftTransfer,
  loadEvents,
  loadVerdicts,
  startWorkers,
  until,
  untilState,
  type Workers,
} from '../../fixtures/workers.ts'

const run = promisify(execFile)
const services = inject('services')
const eicar = Buffer.from(`X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-${'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`, 'latin1')
const text = (words: string) => new TextEncoder().encode(words)

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

const verdictsOf = (id: TransferId) => loadVerdicts(workers, id)
const eventsOf = (id: TransferId) => loadEvents(workers, id)

async function mailsAbout(id: TransferId): Promise<string[]> {
  const mails = await readMails(services.smtp.folder!)
  return mails.filter((mail) => mail.includes(id))
}

describe('[scan/release] clean files', () => {
  it('[scan/release] are released in the stated order, the key is gone, and the recipient is told', async () => {
    const contents = [text('minutes of the meeting'), new Uint8Array(randomBytes(9_000_000)), new Uint8Array()]
    const { id, note, scan } = await dispatchTransfer(workers, { contents })
    await untilState(workers, { id, state: 'released' })

    expect(await verdictsOf(id)).toEqual(
      note.files.map(({ bodyDigest, commitment }, index) => ({
        verdict: 'clean',
        finding: null,
        type_seen: ['text', null, 'empty', 'text'][index],
        body_digest: bodyDigest,
        commitment,
      })),
    )
    expect(await scanKeys.exists(scan)).toBe(false)
    await until(async () => (await mailsAbout(id)).length > 0, { otherwise: async () => 'no mail' })
    await until(async () => (await eventsOf(id)).includes('transfer.notified'), { otherwise: async () => 'no entry' })
    expect(await eventsOf(id)).toEqual([
      'scan.certificate.issued',
      'scan.started',
      'scan.verdict',
      'scan.key.destroyed',
      'transfer.released',
      'transfer.notified',
    ])
    const { database } = workers.database.as.owner
    const pkesks = await database.selectFrom('pkesk').select('account').where('transfer', '=', id).execute()
    expect(pkesks.map(({ account }) => account).sort()).toEqual(
      note.keySets[0]!.wrapped.map(({ account }) => account).sort(),
    )
    const mails = await mailsAbout(id)
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatch(/^To: olu@police\.example$/im)
    for (const secret of ['Carol', 'Council', 'file-0']) expect(mails[0]).not.toContain(secret)
  })
})

describe('[scan/release] what is not clean', () => {
  const rejected = async (id: TransferId) => {
    await untilState(workers, { id, state: 'rejected' })
    await until(async () => (await mailsAbout(id)).length > 0, { otherwise: async () => 'no mail' })
    expect((await mailsAbout(id))[0]).toMatch(/^To: carol@council\.example$/im)
    return (await verdictsOf(id)).map(({ verdict, finding }) => (finding ? `${verdict}: ${finding}` : verdict))
  }

  it('[scan/release] [scan/infected] EICAR is rejected, and only the sender is told', async () => {
    const { id, scan } = await dispatchTransfer(workers, { contents: [text('harmless'), eicar] })
    const verdicts = await rejected(id)
    expect(verdicts).toEqual(['clean', expect.stringMatching(/^infected: Eicar/), 'clean'])
    expect(await scanKeys.exists(scan)).toBe(false)
    expect(await eventsOf(id)).toContain('transfer.rejected')
    expect(await eventsOf(id)).not.toContain('transfer.released')
  })

  it('[scan/release] [scan/cut-or-altered] a body cut short is rejected, attested so or cut in the store', async () => {
    const cut = (body: Uint8Array) => body.slice(0, -20)
    const attested = await dispatchTransfer(workers, { contents: [text('cut short')], body: cut })
    expect(await rejected(attested.id)).toEqual(['unscannable: Safehand.Envelope.truncated', 'clean'])
    const stored = await dispatchTransfer(workers, { contents: [text('cut short')], stored: cut })
    expect(await rejected(stored.id)).toEqual(['unscannable: Safehand.Body.Altered', 'clean'])
  })

  it('[scan/release] [scan/cut-or-altered] a body with one bit flipped is rejected, attested so or flipped in the store', async () => {
    const flip = (body: Uint8Array) => body.map((octet, index) => (index === body.length - 30 ? octet ^ 1 : octet))
    const contents = [new Uint8Array(randomBytes(700_000))]
    const attested = await dispatchTransfer(workers, { contents, body: flip })
    expect(await rejected(attested.id)).toEqual(['unscannable: Safehand.Envelope.altered', 'clean'])
    const stored = await dispatchTransfer(workers, { contents, stored: flip })
    expect(await rejected(stored.id)).toEqual(['unscannable: Safehand.Body.Altered', 'clean'])
  })

  it('[scan/matches-note] a commitment to another session key is rejected', async () => {
    const commitment = 'ab'.repeat(32) as Sha256Hex
    const { id } = await dispatchTransfer(workers, { contents: [text('two keys')], commitment })
    expect(await rejected(id)).toEqual(['unscannable: Safehand.Commitment.Wrong', 'clean'])
  })

  it('[scan/matches-note] a manifest that says something else than note and files is rejected', async () => {
    const { id } = await dispatchTransfer(workers, {
      contents: [text('one'), text('two')],
      manifest: (manifest) => ({ ...manifest, files: manifest.files.slice(0, 1) }),
    })
    expect(await rejected(id)).toEqual(['clean', 'clean', 'unscannable: Safehand.Manifest.OtherFiles'])
  })
})

describe('[scan/lost-key] a lost scan key', () => {
  it('[scan/lost-key] asks the sender to send again, and nothing was scanned', async () => {
    const { id, scan, dispatch } = await draftTransfer(workers, { contents: [text('never read')] })
    await scanKeys.destroy(scan)
    await dispatch()
    await untilState(workers, { id, state: 'waiting-for-sender' })
    await until(async () => (await eventsOf(id)).includes('transfer.notified'), { otherwise: async () => 'not told' })
    expect(await verdictsOf(id)).toEqual([])
    const [mail] = await mailsAbout(id)
    expect(mail).toMatch(/^To: carol@council\.example$/im)
    expect(await eventsOf(id)).toEqual(expect.arrayContaining(['scan.key.lost', 'scan.key.destroyed']))
    expect(await eventsOf(id)).not.toContain('scan.started')
  })
})

describe('[scan/no-disk] plaintext', () => {
  it('[scan/no-disk] is nowhere on a disk after its scan: not with the objects, not in temporary folders, not in the database', async () => {
    const canary = randomBytes(24).toString('hex')
    const { id } = await dispatchTransfer(workers, { contents: [text(`before ${canary} after`), eicar] })
    await untilState(workers, { id, state: 'rejected' })
    const dataDirectory = await flushDatabase()
    const control = join(workers.directory, 'control')
    await writeFile(control, `a search that finds ${canary}`)
    const places = [workers.directory, services.clamd.temporaryDirectory ?? '', dataDirectory, ...ownFolder()]
    expect(await filesWith(canary, places.filter(existsSync))).toEqual([control])
  })

  /** Writes everything that PostgreSQL holds in memory to its folder, and says where that is. */
  async function flushDatabase(): Promise<string> {
    const { pool, close } = openDatabase(services.databaseUrl)
    try {
      await pool.query('checkpoint')
      const { rows } = await pool.query('show data_directory')
      return rows[0].data_directory
    } finally {
      await close()
    }
  }

  /** Where the parts that were started for the tests have their data; none when they are one's own. */
  function ownFolder(): string[] {
    return 'socketPath' in services.clamd && services.smtp.folder ? [dirname(dirname(services.clamd.socketPath))] : []
  }

  /** grep ends with 1 when it finds nothing, with 2 when a file went away while it looked. */
  async function filesWith(words: string, folders: readonly string[]): Promise<string[]> {
    const found = await run('grep', ['-rlsaF', words, ...folders]).catch((error: { stdout: string }) => error)
    return [...new Set(found.stdout.split('\n').filter(Boolean))]
  }
})

describe('[scan/start-check] the scanner', () => {
  it.each([
    ['a store that tells its configuration', { SCAN_KEYS_URL: services.redisUrl }, /store for scan keys is refused/],
    ['a temporary folder that is no memory', { SAFEHAND_SCAN_MEMORY: '/proc' }, /not on a memory file system/],
  ])('[scan/release] does not start with %s', async (_, settings, reason) => {
    const other = await startWorkers(services)
    try {
      await expect(other.start('scanner', settings)).rejects.toThrow(reason)
    } finally {
      await other.stop()
    }
  })
})
