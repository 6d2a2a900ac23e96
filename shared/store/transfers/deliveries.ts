// Who is to get a transfer, and how far each delivery is: collected, taken on by one of a team, acknowledged.
import { type Selectable, sql } from 'kysely'
import type { SignedBytes } from '#domain/document.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { Delivery, TransferFacts } from '#domain/transfers/transfer.ts'
import type { AccountId, OrganisationId, TeamId, TransferId } from '#domain/values.ts'
import type { Tx } from '../database.ts'
import type { Tables } from '../tables.ts'
import { expectOne, type Writers } from '../writers.ts'

export const deliveryWriters = {
  async 'transfers.deliver'(tx, { transfer, recipient, state, by, at }) {
    const update = tx
      .updateTable('delivery')
      .set({
        state,
        collected_by: sql`coalesce(collected_by, ${by})`,
        collected_at: sql`coalesce(collected_at, ${at})`,
      })
      .where('transfer', '=', transfer)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `delivery of ${transfer}`)
  },

  async 'transfers.take'(tx, { transfer, recipient, taken }) {
    const update = tx
      .updateTable('delivery')
      .set({ taken_by: taken?.by ?? null, taken_at: taken?.at ?? null })
      .where('transfer', '=', transfer)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `taking ${transfer}`)
  },

  async 'transfers.acknowledge'(tx, { transfer, recipient, by, at, receipt }) {
    const update = tx
      .updateTable('delivery')
      .set({
        state: 'acknowledged',
        acknowledged_by: by,
        acknowledged_at: at,
        receipt_bytes: receipt?.bytes ?? null,
        receipt_signature: receipt?.signature ?? null,
      })
      .where('transfer', '=', transfer)
      .where('acknowledged_at', 'is', null)
    expectOne(await whereRecipient(update, recipient).executeTakeFirst(), `acknowledgement of ${transfer}`)
  },
} satisfies Partial<Writers<TransferChange>>

export async function loadDeliveriesOf(
  tx: Tx,
  transfers: readonly TransferId[],
): Promise<ReadonlyMap<TransferId, readonly Delivery[]>> {
  if (transfers.length === 0) return new Map()
  const rows = await tx
    .selectFrom('delivery')
    .select(['transfer', 'organisation', 'account', 'team', 'state'])
    .select(['collected_by', 'collected_at', 'taken_by', 'taken_at', 'acknowledged_by', 'acknowledged_at'])
    .where('transfer', 'in', [...transfers])
    .orderBy('organisation')
    .orderBy('team')
    .orderBy('account')
    .execute()
  const deliveries = new Map<TransferId, Delivery[]>()
  for (const row of rows) {
    const sofar = deliveries.get(row.transfer) ?? []
    deliveries.set(row.transfer, sofar)
    sofar.push(toDelivery(row))
  }
  return deliveries
}

/** Recipients to whom nothing was ever released under this agreement. */
export async function loadNewcomers(tx: Tx, { transfer }: TransferFacts): Promise<readonly Recipient[]> {
  const { rows } = await sql<Parameters<typeof toRecipient>[0]>`
    select d.organisation, d.account, d.team from delivery d
    where d.transfer = ${transfer.id} and not exists (
      select from delivery e join transfer t on t.id = e.transfer join agreement a on a.hash = t.agreement
      where a.id = ${transfer.agreement.id} and t.id <> ${transfer.id} and t.released_at is not null
        and e.organisation = d.organisation
        and e.account is not distinct from d.account and e.team is not distinct from d.team)`.execute(tx)
  return rows.map(toRecipient)
}

/** Signed ones: without a signature there is nothing to show. */
export async function loadReceipts(tx: Tx, transfer: TransferId): Promise<readonly SignedBytes[]> {
  const rows = await tx
    .selectFrom('delivery')
    .select(['receipt_bytes as bytes', 'receipt_signature as signature'])
    .where('transfer', '=', transfer)
    .orderBy('acknowledged_at')
    .execute()
  return rows.flatMap(({ bytes, signature }) => (bytes && signature ? [{ bytes, signature }] : []))
}

type DeliveryRow = Pick<
  Selectable<Tables['delivery']>,
  `${'collected' | 'taken' | 'acknowledged'}_${'by' | 'at'}` | 'organisation' | 'account' | 'team' | 'state'
>

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    recipient: toRecipient(row),
    state: row.state,
    collectedBy: row.collected_by,
    collectedAt: row.collected_at,
    takenBy: row.taken_by,
    takenAt: row.taken_at,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at,
  }
}

function toRecipient(row: { organisation: OrganisationId; account: AccountId | null; team: TeamId | null }): Recipient {
  if (row.account !== null) return { kind: 'person', organisation: row.organisation, account: row.account }
  if (row.team !== null) return { kind: 'team', organisation: row.organisation, team: row.team }
  throw new TypeError('a delivery is a person or a team')
}

export function recipientColumns(recipient: Recipient) {
  return recipient.kind === 'person'
    ? { organisation: recipient.organisation, account: recipient.account, team: null }
    : { organisation: recipient.organisation, account: null, team: recipient.team }
}

function whereRecipient<Q extends { where(column: 'account' | 'team', is: '=', value: AccountId | TeamId): Q }>(
  query: Q,
  recipient: Recipient,
): Q {
  return recipient.kind === 'person'
    ? query.where('account', '=', recipient.account)
    : query.where('team', '=', recipient.team)
}
