// The logs as rows: what waits in the intake, the heads, and what tiles and entry bundles are made of. Appending is
// done by audit.append() alone (migrations/0002-audit.sql); this file gives it ids and hashes, never bytes.
import { sql } from 'kysely'
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { HashRange, SubtreeHash } from '#tlog/tiles.ts'
import type { Database, Tx } from './database.ts'
import type { Bytes } from '#domain/values.ts'

export interface WaitingEntry {
  readonly id: number
  readonly bytes: Bytes
}

export interface LogHead {
  readonly size: number
  readonly frontier: readonly Bytes[]
}

export interface Append {
  readonly log: LogOrigin
  readonly expectedSize: number
  readonly intakeIds: readonly number[]
  readonly frontier: readonly Uint8Array[]
  readonly nodes: readonly SubtreeHash[]
}

interface Patience {
  readonly seconds: number
}

/**
 * Whether the oldest entry has waited for so long: the sequencer stands still (ARCHITECTURE.md#fail-closed). Or the
 * database was restored, and lacks what the logs say.
 */
async function standsStill(database: Database, { seconds }: Patience): Promise<boolean> {
  const { rows } = await sql<{ old: boolean | null; closed: boolean }>`
    select (select received_at < clock_timestamp() - make_interval(secs => ${seconds})
            from audit.intake order by id limit 1) as old,
           exists (select from restore where replayed_at is null) as closed`.execute(database)
  return rows[0]?.old === true || rows[0]?.closed !== false
}

/** The same, asked at most once a second however many want to know. */
export function createIntakeCheck(database: Database, patience: Patience): () => Promise<boolean> {
  let asked = Number.NEGATIVE_INFINITY
  let answer: Promise<boolean> | undefined
  return () => {
    if (answer === undefined || performance.now() - asked > 1000) {
      asked = performance.now()
      answer = standsStill(database, patience)
    }
    return answer
  }
}

export async function loadLogsWithIntake(database: Database): Promise<LogOrigin[]> {
  const rows = await database.selectFrom('audit.intake').select('log').distinct().execute()
  return rows.map((row) => row.log)
}

/** The oldest entries of one log's intake, at most `limit`. Rows that commit late are simply there the next time. */
export async function loadIntake(tx: Tx, log: LogOrigin, limit: number): Promise<WaitingEntry[]> {
  return tx
    .selectFrom('audit.intake')
    .select(['id', 'bytes'])
    .where('log', '=', log)
    .orderBy('id')
    .limit(limit)
    .execute()
}

export async function loadHead(tx: Database | Tx, log: LogOrigin): Promise<LogHead> {
  const row = await tx.selectFrom('audit.log').select(['size', 'frontier']).where('origin', '=', log).executeTakeFirst()
  return row ?? { size: 0, frontier: [] }
}

/** Every log's size, for the copy that is kept elsewhere. */
export async function loadHeads(database: Database): Promise<{ readonly log: LogOrigin; readonly size: number }[]> {
  return database.selectFrom('audit.log').select(['origin as log', 'size']).orderBy('origin').execute()
}

/** Puts entries back into the intake as they were; those that wait there already are only found. In the order given. */
export async function returnToIntake(tx: Tx, log: LogOrigin, entries: readonly Bytes[]): Promise<WaitingEntry[]> {
  const waiting = await tx.selectFrom('audit.intake').select(['id', 'bytes']).where('log', '=', log).execute()
  const known = new Map(waiting.map(({ id, bytes }) => [Buffer.from(bytes).toString('base64'), id]))
  const returned: WaitingEntry[] = []
  for (const bytes of entries) {
    const id = known.get(bytes.toBase64()) ?? (await insertIntake(tx, log, bytes))
    returned.push({ id, bytes })
  }
  return returned
}

async function insertIntake(tx: Tx, log: LogOrigin, bytes: Bytes): Promise<number> {
  const row = await tx.insertInto('audit.intake').values({ log, bytes }).returning('id').executeTakeFirstOrThrow()
  return row.id
}

/** Compare-and-swap on the head: fails with SQLSTATE 40001 when the log is no longer at `expectedSize`. */
export async function appendEntries(tx: Tx, append: Append): Promise<void> {
  const { log, expectedSize, intakeIds, frontier, nodes } = append
  const levels = nodes.map((node) => node.level)
  const indexes = nodes.map((node) => node.index)
  const hashes = nodes.map((node) => Buffer.from(node.hash))
  const frontierBytes = frontier.map((hash) => Buffer.from(hash))
  await sql`select audit.append(${log}, ${expectedSize}, ${intakeIds}::bigint[], ${frontierBytes}::bytea[],
    ${levels}::smallint[], ${indexes}::bigint[], ${hashes}::bytea[])`.execute(tx)
}

export async function addCheckpoint(
  tx: Tx,
  checkpoint: { readonly log: LogOrigin; readonly size: number; readonly note: string },
): Promise<void> {
  await tx.insertInto('audit.checkpoint').values(checkpoint).execute()
}

export async function loadCheckpoint(
  tx: Database | Tx,
  log: LogOrigin,
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  return tx
    .selectFrom('audit.checkpoint')
    .select(['size', 'note'])
    .where('log', '=', log)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The farthest checkpoint behind `after`, but no farther than `upTo`: a flush is never longer than that. */
export async function loadNextCheckpoint(
  database: Database,
  log: LogOrigin,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  return database
    .selectFrom('audit.checkpoint')
    .select(['size', 'note'])
    .where('log', '=', log)
    .where('size', '>', after)
    .where('size', '<=', upTo)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** The hashes `from` up to, not including, `to` of one C2SP tile level: level 0 are the leaf hashes. */
export async function loadHashes(
  tx: Database | Tx,
  log: LogOrigin,
  { level, from, to }: HashRange,
): Promise<Uint8Array[]> {
  if (level === 0) {
    const rows = await tx
      .selectFrom('audit.entry')
      .select('leaf_hash')
      .where('log', '=', log)
      .where('index', '>=', from)
      .where('index', '<', to)
      .orderBy('index')
      .execute()
    return rows.map((row) => row.leaf_hash)
  }
  const rows = await tx
    .selectFrom('audit.node')
    .select('hash')
    .where('log', '=', log)
    .where('level', '=', level)
    .where('index', '>=', from)
    .where('index', '<', to)
    .orderBy('index')
    .execute()
  return rows.map((row) => row.hash)
}

/** The exact bytes of the entries `from` up to, not including, `to`. */
export async function loadEntries(
  tx: Database | Tx,
  log: LogOrigin,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Bytes[]> {
  const rows = await tx
    .selectFrom('audit.entry')
    .select('bytes')
    .where('log', '=', log)
    .where('index', '>=', from)
    .where('index', '<', to)
    .orderBy('index')
    .execute()
  return rows.map((row) => row.bytes)
}

export interface StoredOpening {
  readonly index: number
  readonly field: string
  readonly salt: Bytes
  readonly value: string
}

/** What is left of the openings of the entries `from` up to, not including, `to`. */
export async function loadOpenings(
  tx: Database | Tx,
  log: LogOrigin,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<StoredOpening[]> {
  return tx
    .selectFrom('audit.entry as entry')
    .innerJoin('audit.opening as opening', (join) =>
      join.onRef('opening.leaf_hash', '=', 'entry.leaf_hash').onRef('opening.log', '=', 'entry.log'),
    )
    .select(['entry.index as index', 'opening.field as field', 'opening.salt as salt', 'opening.value as value'])
    .where('entry.log', '=', log)
    .where('entry.index', '>=', from)
    .where('entry.index', '<', to)
    .orderBy('entry.index')
    .orderBy('opening.field')
    .execute()
}

/** The newest entry that waits in the log's intake; null when none does. */
export async function loadNewestIntake(tx: Database | Tx, log: LogOrigin): Promise<number | null> {
  const row = await tx
    .selectFrom('audit.intake')
    .select((found) => found.fn.max('id').as('id'))
    .where('log', '=', log)
    .executeTakeFirst()
  return row?.id ?? null
}

/** How many of the log's entries up to and including `newest` still wait. */
export async function countIntake(tx: Database | Tx, log: LogOrigin, newest: number): Promise<number> {
  const row = await tx
    .selectFrom('audit.intake')
    .select((found) => found.fn.countAll<number>().as('count'))
    .where('log', '=', log)
    .where('id', '<=', newest)
    .executeTakeFirstOrThrow()
  return row.count
}
