// Which changes are told to programs of the organisations, whatever decision made them.
import type { TransferChange } from '../transfers/changes.ts'
import type { TransferId } from '../values.ts'
import type { WebhookEvent } from './webhook.ts'

export interface Announcement {
  readonly event: WebhookEvent
  readonly transfer: TransferId
}

const entered: Readonly<Record<string, WebhookEvent>> = {
  released: 'transfer.released',
  recalled: 'transfer.recalled',
  expired: 'transfer.expired',
}

/** What the organisations of a transfer are told of a decision: states it entered, and who fetched for the first time. */
export function announcementsOf(changes: readonly TransferChange[]): Announcement[] {
  return changes.flatMap((change) => {
    if (change.kind === 'transfers.deliver' && change.state === 'fetched') {
      return { event: 'transfer.collected', transfer: change.transfer } as const
    }
    const event = change.kind === 'transfers.enter' ? entered[change.state] : undefined
    return change.kind === 'transfers.enter' && event ? { event, transfer: change.transfer } : []
  })
}
