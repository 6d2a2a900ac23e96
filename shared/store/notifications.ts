// What the housekeeper needs to tell somebody by mail: an address, and no name, subject or case (FX-R4).
import type { Notification } from '#domain/transfers/changes.ts'
import type { Transfer } from '#domain/transfers/transfer.ts'
import type { Email } from '#domain/values.ts'
import type { Database, Tx } from './database.ts'

export interface NotificationFacts {
  readonly transfer: Pick<Transfer, 'id' | 'agreement' | 'state' | 'expiresAt'>
  readonly email: Email
  /** This very thing was told before. */
  readonly told: boolean
}

export async function loadNotificationFacts(
  tx: Tx | Database,
  { transfer, account, template, correlation }: Notification,
): Promise<NotificationFacts | undefined> {
  const row = await tx
    .selectFrom('transfer')
    .innerJoin('agreement', 'agreement.hash', 'transfer.agreement')
    .innerJoin('account', (join) => join.on('account.id', '=', account))
    .leftJoin('notified', (join) =>
      join
        .onRef('notified.transfer', '=', 'transfer.id')
        .onRef('notified.account', '=', 'account.id')
        .on('notified.template', '=', template)
        .on('notified.correlation', '=', correlation),
    )
    .select(['transfer.state', 'transfer.expires_at', 'agreement.id', 'agreement.version', 'agreement.hash'])
    .select(['account.email', 'notified.at'])
    .where('transfer.id', '=', transfer)
    .executeTakeFirst()
  if (!row) return undefined
  const { id, version, hash, state, expires_at, email, at } = row
  return {
    transfer: { id: transfer, agreement: { id, version, hash }, state, expiresAt: expires_at },
    email,
    told: at !== null,
  }
}
