/** The sequencer on real PostgreSQL: every acknowledged entry once, in one line, under one signed head. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { mapConcurrently } from '#client/concurrency.ts'
import type { LogReference } from '#domain/events.ts'
import { ed25519Key, sha256, verifyEd25519 } from '#platform/crypto.ts'
import { openLog } from '#platform/log.ts'
import { loadCheckpoint, loadEntries, loadHashes, loadHead } from '#store/audit.ts'
import type { Database } from '#store/database.ts'
import { checkpointSignaturesBy, parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { ED25519, vkeyOf } from '#tlog/note.ts'
import { encodeTile } from '#tlog/tiles.ts'
import { verifyLog } from '#tlog/verify.ts'
import { flushLog, type LogKey, sequenceAll, startSequencer } from '../../../worker/housekeeper/audit/sequencer.ts'
import { createTestDatabase, type TestDatabase } from '../../fixtures/database.ts'
import { entryWriter, makeLogKey, organisationLog, originOf } from '../../fixtures/logs.ts'
import { programEnv } from '../../fixtures/program-env.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await createTestDatabase(inject('services'))
})
afterAll(() => test.drop())

const quiet = openLog({ name: 'sequencer test', level: 'silent' })

/** The signed head of a log and all that is under it, verified by tlog alone; returns what each entry says. */
async function verified(database: Database, reference: LogReference, key: LogKey): Promise<string[]> {
  const log = originOf(reference)
  const { size } = await loadHead(database, log)
  const last = await loadCheckpoint(database, log)
  const signed = parseSignedCheckpoint(Buffer.from(last!.note))!
  const vkey = vkeyOf(sha256, { name: log, algorithm: ED25519, key: key.publicKey })
  const signatures = checkpointSignaturesBy(signed, vkey)
  expect(signatures.map(({ key: publicKey, ...claim }) => verifyEd25519({ ...claim, publicKey }))).toEqual([true])
  expect(signed.checkpoint.size).toBe(size)
  const entries = await loadEntries(database, log, { from: 0, to: size })
  const tiles = new Map<string, Uint8Array>()
  for (let level = 0; size >= 256 ** level; level += 1) {
    const count = Math.floor(size / 256 ** level)
    const hashes = await loadHashes(database, log, { level, from: 0, to: count })
    for (let index = 0; index * 256 < count; index += 1) {
      tiles.set(`${level}/${index}`, encodeTile(hashes.slice(index * 256, index * 256 + 256)))
    }
  }
  const verdict = verifyLog(sha256, {
    head: signed.checkpoint,
    entries,
    readTile: ({ level, index }) => tiles.get(`${level}/${index}`),
  })
  expect(verdict).toEqual({ code: 'VERIFIED' })
  return entries.map(
    (bytes) => (JSON.parse(new TextDecoder().decode(bytes)) as { detail: { what: string } }).detail.what,
  )
}

const countIn = async (log: LogReference) => (await loadHead(test.as.owner.database, originOf(log))).size
const intakeOf = async (log: LogReference) => {
  const { rows } = await sql<{
    count: number
  }>`select count(*) as count from audit.intake where log = ${originOf(log)}`.execute(test.as.owner.database)
  return rows[0]!.count
}

describe('the sequencer', () => {
  it('[log/sequencer] signs a checkpoint over everything it moved, flush after flush', async () => {
    const [log, key] = [organisationLog(), makeLogKey()]
    const write = entryWriter(test.as.server.database)
    for (const what of ['one', 'two', 'three']) {
      await write(what, [log])
      expect(await flushLog(test.as.housekeeper.database, originOf(log), key)).toBe(1)
    }
    expect(await flushLog(test.as.housekeeper.database, originOf(log), key)).toBe(0)
    expect(await verified(test.as.housekeeper.database, log, key)).toEqual(['one', 'two', 'three'])
  })

  it('[log/sequencer] two at once: exactly one wins each compare-and-swap, and nothing is lost or doubled', async () => {
    const [log, key] = [organisationLog(), makeLogKey()]
    const write = entryWriter(test.as.server.database)
    const { database } = test.as.housekeeper
    const expected: string[] = []
    for (let round = 0; round < 10; round += 1) {
      expected.push(`round ${round}`)
      await write(`round ${round}`, [log])
      const both = await Promise.allSettled([
        flushLog(database, originOf(log), key),
        flushLog(database, originOf(log), key),
      ])
      const moved = both.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code))
      // The other either found nothing left or was refused; it never appended.
      expect(moved.filter((one) => one === 1)).toHaveLength(1)
      expect([0, '40001']).toContain(moved.find((one) => one !== 1))
    }
    expect(await verified(database, log, key)).toEqual(expected)
  })

  it('[log/sequencer] neither loses nor doubles an entry under 1,000 commits, many at once, into three logs', async () => {
    const [logs, key] = [[organisationLog(), organisationLog(), organisationLog()], makeLogKey()]
    const write = entryWriter(test.as.server.database)
    const { database, connect } = test.as.housekeeper
    const sequencers = [1, 2].map(() => startSequencer({ database, connect, key, log: quiet }))
    try {
      // More at once than the pool has connections, and few enough that none waits in vain for one on a busy machine.
      await mapConcurrently(
        Array.from({ length: 1_000 }, (_, at) => at),
        { concurrency: 30, work: (at) => write(`entry ${at}`, at % 10 === 0 ? logs : [logs[at % 3]!]) },
      )
      await expect.poll(async () => Promise.all(logs.map(intakeOf))).toEqual([0, 0, 0])
    } finally {
      await Promise.all(sequencers.map((one) => one.stop()))
    }
    for (const [index, log] of logs.entries()) {
      const expected = Array.from({ length: 1_000 }, (_, at) => at).filter((at) => at % 10 === 0 || at % 3 === index)
      const found = await verified(database, log, key)
      expect(found.toSorted()).toEqual(expected.map((at) => `entry ${at}`).toSorted())
    }
  })

  it('[log/sequencer] killed between the flush and its answer, the log is whole and every entry is in it once', async () => {
    const [log, seed] = [organisationLog(), new Uint8Array(randomBytes(32))]
    const key = ed25519Key(seed)
    const write = entryWriter(test.as.server.database)
    for (let round = 0; round < 6; round += 1) {
      for (let at = 0; at < 5; at += 1) await write(`${round} ${at}`, [log])
      await killWhileFlushing({ url: test.urls.housekeeper, log: originOf(log), seed, afterMilliseconds: round * 4 })
      // Either all of the flush is there, with its checkpoint, or nothing of it.
      expect((await countIn(log)) + (await intakeOf(log))).toBe((round + 1) * 5)
      if ((await countIn(log)) > 0) await verified(test.as.housekeeper.database, log, key)
    }
    await sequenceAll(test.as.housekeeper.database, key)
    const said = await verified(test.as.housekeeper.database, log, key)
    expect(said).toEqual(Array.from({ length: 30 }, (_, at) => `${Math.floor(at / 5)} ${at % 5}`))
  })

  it('[log/sequencer] keeps complete subtrees across the width of a tile', async () => {
    const [log, key] = [organisationLog(), makeLogKey()]
    const { database } = test.as.housekeeper
    await sql`insert into audit.intake (log, bytes) select ${originOf(log)},
      convert_to(json_build_object('event', 'audit.viewed', 'code', null, 'detail', json_build_object('what', n))::text, 'UTF8')
      from generate_series(1, 700) as n`.execute(test.as.owner.database)
    const moved = await flushLog(database, originOf(log), key)
    await entryWriter(test.as.server.database)('last', [log])
    await flushLog(database, originOf(log), key)
    expect(moved).toBe(700)
    expect(await verified(database, log, key)).toHaveLength(701)
  })

  const damages = {
    'a changed frontier': sql`update audit.log set frontier[1] = sha256(frontier[1])`,
    'a frontier that is too short': sql`update audit.log set frontier = '{}'`,
    'a head set back': sql`update audit.log set size = 2, frontier = frontier[1:1]`,
    'a checkpoint of another key': sql`update audit.checkpoint set note = replace(note, '— ', '— x')`,
    'no checkpoint': sql`delete from audit.checkpoint`,
  }
  it.each(Object.entries(damages))(
    '[log/sequencer] stops at %s instead of forking, and serves other logs',
    async (_, damage) => {
      const own = await createTestDatabase(inject('services'))
      try {
        const [log, other, key] = [organisationLog(), organisationLog(), makeLogKey()]
        const write = entryWriter(own.as.server.database)
        for (const what of ['one', 'two', 'three']) await write(what, [log])
        await sequenceAll(own.as.housekeeper.database, key)
        await damage.execute(own.as.owner.database)
        await write('four', [log])
        await write('elsewhere', [other])
        await expect(sequenceAll(own.as.housekeeper.database, key)).rejects.toThrow('1 logs could not be appended to')
        const waiting = await sql<{ log: string }>`select log from audit.intake`.execute(own.as.owner.database)
        expect(waiting.rows).toEqual([{ log: originOf(log) }])
        expect(await verified(own.as.housekeeper.database, other, key)).toEqual(['elsewhere'])
      } finally {
        await own.drop()
      }
    },
  )

  it('[log/sequencer] does not go on from a checkpoint that another key signed', async () => {
    const log = organisationLog()
    const write = entryWriter(test.as.server.database)
    await write('one', [log])
    await flushLog(test.as.housekeeper.database, originOf(log), makeLogKey())
    await write('two', [log])
    const thief = flushLog(test.as.housekeeper.database, originOf(log), makeLogKey())
    await expect(thief).rejects.toThrow('not signed by this key')
  })
})

interface Killed {
  readonly url: string
  readonly log: string
  readonly seed: Uint8Array
  readonly afterMilliseconds: number
}

/** A process of its own that says when it begins a flush, and is killed so long after that. */
async function killWhileFlushing({ url, log, seed, afterMilliseconds }: Killed): Promise<void> {
  const script = 'tests/fixtures/flush.ts'
  const child = spawn(process.execPath, [script], {
    env: { ...programEnv, DATABASE_URL: url, LOG: log, SEED: Buffer.from(seed).toString('hex') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, afterMilliseconds))
  child.kill('SIGKILL')
  await once(child, 'exit')
  // PostgreSQL notices that the connection is gone; until then its transaction may still end either way.
  const { database } = test.as.owner
  const busy = async () => {
    const { rows } = await sql<{ count: number }>`select count(*) as count from pg_stat_activity
      where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`.execute(database)
    return rows[0]!.count
  }
  await expect.poll(busy).toBe(0)
}
