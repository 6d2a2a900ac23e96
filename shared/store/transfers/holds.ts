// Holds: who stopped a transfer, with what words, and when that was lifted.
import { type Selectable, sql } from 'kysely'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { EndingFacts, HoldWords, PlacedHold } from '#domain/transfers/ending.ts'
import { isReport } from '#domain/transfers/transfer.ts'
import type { AccountId, Instant, TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { Writers } from '../writers.ts'

export const holdWriters = {
  async 'transfers.hold'(tx, { transfer, reason, at, by }) {
    const replaced = await liftHold(tx, { transfer, at, by: by?.account ?? null })
    const { account = null, organisation = null, words = null } = by ?? {}
    const report = replaced && isReport(replaced.reason) ? replaced.number : null
    await tx.insertInto('hold').values({ transfer, reason, words, account, organisation, at, report }).execute()
    await tx
      .updateTable('transfer')
      .set({ held_at: sql<Instant>`coalesce(held_at, ${at})`, held_reason: reason })
      .where('id', '=', transfer)
      .execute()
  },

  async 'transfers.resume'(tx, { transfer, expiresAt, at, by }) {
    await liftHold(tx, { transfer, at, by })
    const over = { held_at: null, held_reason: null, expires_at: expiresAt }
    await tx.updateTable('transfer').set(over).where('id', '=', transfer).execute()
  },
} satisfies Partial<Writers<TransferChange>>

async function liftHold(
  tx: Tx,
  { transfer, at, by }: { readonly transfer: TransferId; readonly at: Instant; readonly by: AccountId | null },
) {
  const update = tx.updateTable('hold').set({ lifted_at: at, lifted_by: by }).where('transfer', '=', transfer)
  return update.where('lifted_at', 'is', null).returning(['number', 'reason']).executeTakeFirst()
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
