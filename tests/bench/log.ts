// Appending to a log beside raw INSERTs (ARCHITECTURE.md#measures): an entry counts when it stands in the log under a
// signed checkpoint, a raw row when its INSERT has returned. Same bytes, same number at once, rounds interleaved,
// medians.
import { sql } from 'kysely'
import { openLog } from '#platform/log.ts'
import { openDatabase } from '#store/database.ts'
import { startSequencer } from '../../worker/housekeeper/audit/sequencer.ts'
import { createTestDatabase } from '../fixtures/database.ts'
import { callerOf, entryWriter, makeLogKey, organisationLog, originOf } from '../fixtures/logs.ts'
import { median } from './compare.ts'

export interface LogBench {
  readonly atOnce: number
  /** Entries a second: committed with their openings by store/commit.ts, sequenced, signed. */
  readonly ours: number
  /** Rows a second: one autocommitted INSERT each. */
  readonly reference: number
  readonly ratio: number
}

export async function benchLog(input: {
  readonly databaseUrl: string
  readonly entries: number
  readonly atOnce: number
  readonly rounds: number
}): Promise<LogBench> {
  const { entries, atOnce, rounds } = input
  const test = await createTestDatabase(input)
  const server = openDatabase(test.urls.server, { connections: atOnce })
  const owner = openDatabase(test.urls.owner, { connections: atOnce })
  await sql`create table raw (id bigint generated always as identity primary key, bytes bytea not null)`.execute(
    owner.database,
  )
  const { database, connect } = test.as.housekeeper
  const sequencer = startSequencer({
    database,
    connect,
    key: makeLogKey(),
    log: openLog({ name: 'bench', level: 'error' }),
  })
  const bytes = Buffer.alloc(700, 'x')
  const caller = callerOf()
  const write = entryWriter(server.database)

  const appendOurs = async () => {
    const log = organisationLog()
    await atOnceEach(input, (at) => write(`entry ${at}`, [log], caller))
    while ((await sizeOf(originOf(log))) < entries) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const sizeOf = async (origin: string) => {
    const { rows } = await sql<{ size: number }>`select size from audit.log where origin = ${origin}`.execute(database)
    return rows[0]?.size ?? 0
  }
  const appendRaw = () =>
    atOnceEach(input, () => sql`insert into raw (bytes) values (${bytes})`.execute(owner.database))

  try {
    const ours: number[] = []
    const reference: number[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const [raw, appended] = [await perSecond(entries, appendRaw), await perSecond(entries, appendOurs)]
      if (round === 0) continue
      reference.push(raw)
      ours.push(appended)
    }
    const medians = { ours: median(ours), reference: median(reference) }
    return { atOnce, ...medians, ratio: medians.ours / medians.reference }
  } finally {
    await sequencer.stop()
    await Promise.all([server.close(), owner.close()])
    await test.drop()
  }
}

async function atOnceEach(
  { entries, atOnce }: { readonly entries: number; readonly atOnce: number },
  work: (at: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < entries) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function perSecond(entries: number, work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint()
  await work()
  return entries / (Number(process.hrtime.bigint() - start) / 1e9)
}
