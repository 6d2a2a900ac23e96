// Somebody was told by mail that something waits or went wrong: an entry, and a row that keeps it from being told twice.
import type { Instant } from '../../values.ts'
import type { Decision, Notification } from '../changes.ts'
import { inAgreement } from '../entries.ts'
import type { Transfer } from '../transfer.ts'

export function decideNotify(
  transfer: Pick<Transfer, 'id' | 'agreement'>,
  notification: Notification,
  at: Instant,
): Decision<null> {
  return {
    next: null,
    changes: [{ kind: 'transfers.notify', notification, at }],
    event: { event: 'transfer.notified', ...inAgreement(transfer), detail: { channel: 'mail' } },
    jobs: [],
  }
}
