// Webhooks, and what is to be told them: a delivery is written in the transaction that it tells of, so that neither is
// without the other. What became of a delivery is bookkeeping (store/README); that a webhook fails is a decision.
import { sql } from 'kysely'
import type { WebhookView } from '#contract/webhooks.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { WebhookChange } from '#domain/webhooks/changes.ts'
import type { Webhook } from '#domain/webhooks/decide-webhooks.ts'
import { announcementsOf } from '#domain/webhooks/announcements.ts'
import type { Attempted, WebhookEvent, WebhookId } from '#domain/webhooks/webhook.ts'
import type { AgreementId, Email, Instant, OrganisationId, TransferId } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'
import { transferWriters } from './transfers/writers.ts'
import type { Change, Writers } from './writers.ts'

export const webhookWriters = {
  async 'webhooks.register'(tx, { webhook, at }) {
    const { createdBy, events, ...row } = webhook
    await tx
      .insertInto('webhook')
      .values({ ...row, events: [...events], created_by: createdBy, created_at: at })
      .execute()
  },
  async 'webhooks.remove'(tx, { webhook, at }) {
    await tx.updateTable('webhook').set({ removed_at: at }).where('id', '=', webhook).execute()
  },
  async 'webhooks.rotate'(tx, { webhook, at }) {
    const next = sql<number>`generation + 1`
    await tx.updateTable('webhook').set({ generation: next, rotated_at: at }).where('id', '=', webhook).execute()
  },
  async 'webhooks.test'(tx, { webhook, at }) {
    await addDelivery(tx, { webhook, event: 'webhook.test', transfer: null, at })
  },
  async 'webhooks.fail'(tx, { webhook, at }) {
    await tx.updateTable('webhook').set({ failing_at: at }).where('id', '=', webhook).execute()
  },
} satisfies Writers<WebhookChange>

interface NewDelivery {
  readonly webhook: WebhookId
  readonly event: WebhookEvent | 'webhook.test'
  readonly transfer: TransferId | null
  readonly at: Instant
}

async function addDelivery(tx: Tx, { webhook, at, ...told }: NewDelivery): Promise<void> {
  const { last_number: number } = await tx
    .updateTable('webhook')
    .set({ last_number: sql<number>`last_number + 1` })
    .where('id', '=', webhook)
    .returning('last_number')
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('webhook_delivery')
    .values({ webhook, number, ...told, at, next_at: at })
    .execute()
}

/**
 * For commit.ts: what the changes announce, to the webhooks of both sides. Recipients hear nothing of what was never
 * released to them. In the order of their ids, so that two commits cannot wait for each other.
 */
export async function announce(tx: Tx, changes: readonly Change[], at: Instant): Promise<void> {
  for (const { event, transfer } of announcementsOf(changes.filter(isOfTransfers))) {
    const { rows } = await sql<{ id: WebhookId }>`
      select webhook.id from webhook join transfer on transfer.id = ${transfer}
      where webhook.removed_at is null and webhook.failing_at is null and ${event} = any (webhook.events)
        and (webhook.organisation = transfer.sender_organisation
          or (transfer.released_at is not null and webhook.organisation in
            (select delivery.organisation from delivery where delivery.transfer = transfer.id)))
      order by webhook.id`.execute(tx)
    for (const { id } of rows) await addDelivery(tx, { webhook: id, event, transfer, at })
  }
}

function isOfTransfers(change: Change): change is TransferChange {
  return change.kind in transferWriters
}

export async function loadWebhook(tx: Tx, id: WebhookId): Promise<Webhook | undefined> {
  const row = await tx
    .selectFrom('webhook')
    .select(['id', 'organisation', 'removed_at', 'generation'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) return undefined
  const { removed_at: removedAt, ...rest } = row
  return { ...rest, removedAt }
}

/** The organisation's webhooks, each with its newest deliveries. */
export async function loadWebhooks(tx: Tx, organisation: OrganisationId): Promise<WebhookView[]> {
  const rows = await tx
    .selectFrom('webhook')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return Promise.all(
    rows.map(async ({ id, url, events, created_at, failing_at }) => {
      const deliveries = await tx
        .selectFrom('webhook_delivery')
        .selectAll()
        .where('webhook', '=', id)
        .orderBy('number', 'desc')
        .limit(20)
        .execute()
      return {
        id,
        url,
        events,
        createdAt: created_at,
        failingAt: failing_at,
        deliveries: deliveries.map((one) => ({
          id: messageId(one),
          event: one.event,
          transfer: one.transfer,
          at: one.at,
          attempts: one.attempts,
          status: one.last_status,
          deliveredAt: one.delivered_at,
          nextAt: one.next_at,
        })),
      }
    }),
  )
}

/** `webhook-id`: in order, and its receiver's own. */
export function messageId({ webhook, number }: { readonly webhook: string; readonly number: number }): string {
  return `evt_${webhook}_${String(number).padStart(10, '0')}`
}

export interface DueDelivery {
  readonly webhook: WebhookId
  readonly number: number
  readonly event: WebhookEvent | 'webhook.test'
  readonly transfer: TransferId | null
  readonly agreement: AgreementId | null
  readonly at: Instant
  readonly attempts: number
  readonly url: string
  readonly organisation: OrganisationId
  readonly generation: number
  readonly rotatedAt: Instant | null
}

/**
 * The oldest due delivery of each webhook that is not busy. One that fails gets nothing but tests. The busy are left out
 * before the limit: as many that are slow as it lets through would keep all others waiting.
 */
export async function loadDueDeliveries(
  database: Database,
  { at, busy }: { readonly at: Instant; readonly busy: readonly WebhookId[] },
): Promise<DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    select distinct on (d.webhook) d.webhook, d.number, d.event, d.transfer, agreement.id as agreement, d.at, d.attempts,
      webhook.url, webhook.organisation, webhook.generation, webhook.rotated_at as "rotatedAt"
    from webhook_delivery d join webhook on webhook.id = d.webhook
    left join transfer on transfer.id = d.transfer left join agreement on agreement.hash = transfer.agreement
    where d.next_at <= ${at} and webhook.removed_at is null and d.webhook <> all (${[...busy]}::text[])
      and (webhook.failing_at is null or d.event = 'webhook.test')
    order by d.webhook, d.next_at, d.number limit 100`.execute(database)
  return rows
}

/** A delivery that got through shows that somebody is there again. */
export async function recordAttempt(
  database: Database,
  { webhook, number }: Pick<DueDelivery, 'webhook' | 'number'>,
  made: { readonly status: number | null; readonly attempted: Attempted; readonly at: Instant },
): Promise<void> {
  const { status, attempted, at } = made
  await database
    .updateTable('webhook_delivery')
    .set({
      attempts: sql<number>`attempts + 1`,
      last_status: status,
      last_at: at,
      next_at: attempted.kind === 'again' ? attempted.at : null,
      delivered_at: attempted.kind === 'delivered' ? at : null,
    })
    .where('webhook', '=', webhook)
    .where('number', '=', number)
    .execute()
  if (attempted.kind === 'delivered') {
    const failing = database.updateTable('webhook').set({ failing_at: null }).where('id', '=', webhook)
    await failing.where('failing_at', 'is not', null).execute()
  }
}

/** Where the organisation's administrators are told that their webhook fails. */
export async function loadAdministratorEmails(database: Database, organisation: OrganisationId): Promise<Email[]> {
  const { rows } = await sql<{ email: Email }>`
    select account.email from account
    join roster_person on roster_person.account = account.id
    join roster on roster.hash = roster_person.roster
    where roster.organisation = ${organisation} and 'organisation-administrator' = any (roster_person.roles)
      and roster.sequence = (select max(newest.sequence) from roster newest where newest.organisation = ${organisation})
    order by account.email`.execute(database)
  return rows.map(({ email }) => email)
}
