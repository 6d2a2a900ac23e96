// How transfers end, beside their rows: recalls with their reason, and what recipients say became of their copies. Written
// by transfer-writers.ts.
import { agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import { type EndingFacts, type StoredStatement, usualDestructionDays } from '#domain/transfers/ending.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { Fingerprint, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'

export async function loadEnding(tx: Tx, transfer: Pick<Transfer, 'id' | 'agreement'>): Promise<EndingFacts> {
  const row = await tx.selectFrom('recall').selectAll().where('transfer', '=', transfer.id).executeTakeFirst()
  return {
    recall: row ? { by: row.account, organisation: row.organisation, reason: row.reason } : null,
    statements: await loadStatements(tx, transfer.id),
    destroyed: (await loadCertificate(tx, transfer.id)) ?? null,
    hold: await loadOpenHold(tx, transfer.id),
    destructionDays: row ? await loadDestructionDays(tx, transfer) : usualDestructionDays,
  }
}

/** Who holds it; null: nobody, or the service itself. */
export async function loadOpenHold(tx: Tx, transfer: TransferId): Promise<EndingFacts['hold']> {
  const row = await tx
    .selectFrom('hold')
    .select(['account', 'organisation', 'words'])
    .where('transfer', '=', transfer)
    .where('lifted_at', 'is', null)
    .executeTakeFirst()
  if (!row?.account || !row.organisation) return null
  return { by: row.account, organisation: row.organisation, words: row.words ?? '' }
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

async function loadDestructionDays(tx: Tx, { agreement }: Pick<Transfer, 'agreement'>): Promise<number> {
  const { bytes } = await tx
    .selectFrom('agreement')
    .select('bytes')
    .where('hash', '=', agreement.hash)
    .executeTakeFirstOrThrow()
  const parsed = parseDocument(agreementModel, bytes)
  return (parsed.ok ? parsed.value.retention.destructionDays : undefined) ?? usualDestructionDays
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
