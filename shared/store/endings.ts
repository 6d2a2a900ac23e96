// How transfers end, beside their rows: recalls with their reason, and what recipients say became of their copies. Written
// by transfer-writers.ts.
import { type RawBuilder, type Selectable, sql } from 'kysely'
import type { SignedBytes } from '#domain/document.ts'
import {
  type EndingFacts,
  type HoldWords,
  type PlacedHold,
  type RecalledCopies,
  type StoredStatement,
  usualDestructionDays,
} from '#domain/transfers/ending.ts'
import { isReport } from '#domain/transfers/transfer.ts'
import type { Fingerprint, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'
import type { Tables } from './tables.ts'

/** Of `agreement`, which was checked when it was imported. */
export const destructionDays: RawBuilder<number> = sql<number>`coalesce((convert_from(agreement.bytes, 'UTF8')::jsonb
  -> 'retention' ->> 'destructionDays')::integer, ${usualDestructionDays})`

export async function loadEnding(tx: Tx, transfer: TransferId): Promise<EndingFacts> {
  const row = await findRecall(tx, transfer)
  return {
    recall: row ? { by: row.account, organisation: row.organisation, reason: row.reason } : null,
    statements: await loadStatements(tx, transfer),
    destroyed: (await loadCertificate(tx, transfer)) ?? null,
    hold: await loadOpenHold(tx, transfer),
    destructionDays: row?.destructionDays ?? usualDestructionDays,
  }
}

function findRecall(tx: Tx, transfer: TransferId) {
  return tx
    .selectFrom('recall')
    .innerJoin('transfer', 'transfer.id', 'recall.transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .selectAll('recall')
    .select(destructionDays.as('destructionDays'))
    .where('recall.transfer', '=', transfer)
    .executeTakeFirst()
}

/** What was said of copies that were fetched before a recall, unsigned; null where there was none. */
export async function loadRecalledCopies(tx: Tx, transfer: TransferId): Promise<RecalledCopies | null> {
  const row = await findRecall(tx, transfer)
  if (!row) return null
  const statements = await tx
    .selectFrom('destruction_statement')
    .select(['account', 'team', 'outcome'])
    .where('transfer', '=', transfer)
    .execute()
  return { at: row.at, destructionDays: row.destructionDays, statements }
}

/** Who holds it; null: nobody, or the service itself. */
export async function loadOpenHold(tx: Tx, transfer: TransferId): Promise<EndingFacts['hold']> {
  const row = await tx
    .selectFrom('hold')
    .innerJoin('organisation', 'organisation.id', 'hold.organisation')
    .selectAll('hold')
    .select('organisation.name')
    .where('transfer', '=', transfer)
    .where('lifted_at', 'is', null)
    .executeTakeFirst()
  const placed = row && wordsOf(row)
  if (!placed) return null
  return { ...placed, at: row.at, organisationName: row.name, report: await findReport(tx, row.report) }
}

async function findReport(tx: Tx, number: number | null): Promise<PlacedHold['report']> {
  if (number === null) return null
  const row = await tx.selectFrom('hold').selectAll().where('number', '=', number).executeTakeFirstOrThrow()
  const said = wordsOf(row)
  return said && isReport(row.reason) ? { ...said, reason: row.reason } : null
}

function wordsOf({ account, organisation, words }: Selectable<Tables['hold']>): HoldWords | null {
  return account && organisation ? { by: account, organisation, words: words ?? '' } : null
}

/** Oldest first. */
export async function loadStatements(tx: Tx, transfer: TransferId): Promise<readonly StoredStatement[]> {
  const rows = await tx
    .selectFrom('destruction_statement')
    .selectAll()
    .where('transfer', '=', transfer)
    .orderBy('at')
    .orderBy('hash')
    .execute()
  return rows.map(({ account, team, outcome, bytes, signature }) => ({
    ...{ account, team, outcome },
    signed: { bytes, signature },
  }))
}

export interface StoredCertificate {
  readonly hash: Sha256Hex
  readonly at: Instant
  readonly signed: SignedBytes
  readonly housekeeper: { readonly fingerprint: Fingerprint; readonly certificate: Uint8Array<ArrayBuffer> }
}

export async function loadCertificate(tx: Tx, transfer: TransferId): Promise<StoredCertificate | null> {
  const row = await tx
    .selectFrom('destruction_certificate')
    .selectAll()
    .where('transfer', '=', transfer)
    .executeTakeFirst()
  if (!row) return null
  const { hash, at, bytes, signature, housekeeper, housekeeper_bytes } = row
  return {
    ...{ hash, at },
    signed: { bytes, signature },
    housekeeper: { fingerprint: housekeeper, certificate: housekeeper_bytes },
  }
}

export async function countWrappedKeys(tx: Tx, transfer: TransferId): Promise<number> {
  const { keys } = await tx
    .selectFrom('pkesk')
    .select(({ fn }) => fn.countAll<number>().as('keys'))
    .where('transfer', '=', transfer)
    .executeTakeFirstOrThrow()
  return keys
}

/** Uploads in the object store that never became an object. */
export async function findOpenUploads(
  database: Database,
  transfer: TransferId,
): Promise<readonly { readonly key: string; readonly uploadId: string }[]> {
  const rows = await database
    .selectFrom('upload')
    .innerJoin('transfer_file', (join) =>
      join.onRef('transfer_file.transfer', '=', 'upload.transfer').onRef('transfer_file.file', '=', 'upload.file'),
    )
    .select(['transfer_file.object_key', 'upload.object_upload'])
    .where('upload.transfer', '=', transfer)
    .execute()
  return rows.flatMap(({ object_key, object_upload }) =>
    object_upload === null ? [] : [{ key: object_key, uploadId: object_upload }],
  )
}
