// How transfers end, beside their rows: recalls with their reason, and what recipients say became of their copies. Written
// by transfer-writers.ts.
import { agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { parseDocument } from '#domain/document.ts'
import { type EndingFacts, type StoredStatement, usualDestructionDays } from '#domain/transfers/ending.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { TransferId } from '#domain/values.ts'
import type { Tx } from './database.ts'

export async function loadEnding(tx: Tx, transfer: Pick<Transfer, 'id' | 'agreement'>): Promise<EndingFacts> {
  const row = await tx.selectFrom('recall').selectAll().where('transfer', '=', transfer.id).executeTakeFirst()
  return {
    recall: row ? { by: row.account, organisation: row.organisation, reason: row.reason } : null,
    statements: await loadStatements(tx, transfer.id),
    destructionDays: row ? await loadDestructionDays(tx, transfer) : usualDestructionDays,
  }
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
