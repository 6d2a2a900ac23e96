// How transfers end: recalls with their reason, what recipients say became of their copies, the certificate of destruction.
import { type RawBuilder, sql } from 'kysely'
import type { SignedBytes } from '#domain/document.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import {
  type EndingFacts,
  type RecalledCopies,
  type StoredStatement,
  usualDestructionDays,
} from '#domain/transfers/ending.ts'
import type { Bytes, Fingerprint, Instant, Sha256Hex, TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import type { Writers } from '../writers.ts'
import { loadOpenHold } from './holds.ts'

export const endingWriters = {
  async 'transfers.recall'(tx, { transfer, recall: { by, organisation, reason }, at }) {
    await tx.insertInto('recall').values({ transfer, account: by, organisation, reason, at }).execute()
  },

  async 'transfers.state-destruction'(tx, { transfer, statement: { hash, signed, account, team, outcome }, at }) {
    const row = { hash, transfer, account, team, outcome, ...signed, at }
    await tx.insertInto('destruction_statement').values(row).execute()
  },

  async 'transfers.destroy'(tx, { transfer, files, destruction: { hash, signed, housekeeper }, at }) {
    await tx.deleteFrom('pkesk').where('transfer', '=', transfer).execute()
    await tx.deleteFrom('served').where('transfer', '=', transfer).execute()
    if (files.length > 0) {
      await tx
        .insertInto('body_destroyed')
        .values(files.map((file) => ({ transfer, file, at })))
        .execute()
    }
    const { fingerprint, certificate } = housekeeper
    await tx
      .insertInto('destruction_certificate')
      .values({ transfer, hash, ...signed, housekeeper: fingerprint, housekeeper_bytes: certificate, at })
      .execute()
  },
} satisfies Partial<Writers<TransferChange>>

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
  readonly housekeeper: { readonly fingerprint: Fingerprint; readonly certificate: Bytes }
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
