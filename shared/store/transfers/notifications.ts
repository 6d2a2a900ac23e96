// Mails about a transfer: what the housekeeper needs to send one, and that it was sent. It needs an address, and no name,
// subject or case (ARCHITECTURE.md#mail). The outbox says that a decision asked for it: whoever can write to the queue alone
// makes nobody get mail.
import { sql } from 'kysely'
import type { Notification, TransferChange } from '#domain/transfers/changes.ts'
import { destructionDue } from '#domain/transfers/ending.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { Email, Instant } from '#domain/values.ts'
import type { Database, Tx } from '../database.ts'
import type { Writers } from '../writers.ts'
import { destructionDays } from './endings.ts'

export const notificationWriters = {
  async 'transfers.notify'(tx, { notification, at }) {
    await tx
      .insertInto('notified')
      .values({ ...notification, at })
      .execute()
  },
} satisfies Partial<Writers<TransferChange>>

export interface NotificationFacts {
  readonly transfer: Pick<Transfer, 'id' | 'agreement' | 'state' | 'expiresAt'>
  readonly email: Email
  /** By when recipients are to say that they destroyed what was recalled; null: it was not. */
  readonly destroyBy: Instant | null
  /** A decision asked for this very mail. */
  readonly asked: boolean
  /** This very thing was told before. */
  readonly told: boolean
  /** Their account has ended: nothing is told to them any more. */
  readonly left: boolean
}

export async function loadNotificationFacts(
  tx: Tx | Database,
  notification: Notification,
): Promise<NotificationFacts | undefined> {
  const { transfer, account, template, correlation } = notification
  const row = await tx
    .selectFrom('transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .innerJoin('account', (join) => join.on('account.id', '=', account))
    .leftJoin('recall', 'recall.transfer', 'transfer.id')
    .leftJoin('notified', (join) =>
      join
        .onRef('notified.transfer', '=', 'transfer.id')
        .onRef('notified.account', '=', 'account.id')
        .on('notified.template', '=', template)
        .on('notified.correlation', '=', correlation),
    )
    .select(['transfer.state', 'transfer.expires_at', 'agreement.id', 'agreement.version', 'agreement.hash'])
    .select(['account.email', 'account.deactivated_at', 'notified.at', 'recall.at as recalledAt'])
    .select(destructionDays.as('destructionDays'))
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('outbox')
          .where('job', '=', 'send-mail')
          .where(sql<boolean>`data ->> 'transfer' = ${transfer}`)
          .where(sql<boolean>`data = ${JSON.stringify({ transfer, account, template, correlation })}::jsonb`),
      ).as('asked'),
    )
    .where('transfer.id', '=', transfer)
    .executeTakeFirst()
  if (!row) return undefined
  const { id, version, hash, state, expires_at, email, at, asked, recalledAt } = row
  return {
    transfer: { id: transfer, agreement: { id, version, hash }, state, expiresAt: expires_at },
    email,
    destroyBy: recalledAt && destructionDue({ ...row, at: recalledAt }),
    asked: Boolean(asked),
    told: at !== null,
    left: row.deactivated_at !== null,
  }
}
