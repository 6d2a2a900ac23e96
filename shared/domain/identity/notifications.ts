// What somebody is told of an account by mail: its own holder, or who is asked to confirm something about it.
import type { Job } from '../decision.ts'
import type { AccountId, Instant, OrganisationId } from '../values.ts'
import type { AccountMailTemplate, AccountNotification, Decision } from './changes.ts'

export const tell = (account: AccountId, template: AccountMailTemplate): Job => ({
  name: 'send-account-mail',
  data: { account, template },
})

export function decideNotifyHolder(
  { organisation }: { readonly organisation: OrganisationId },
  notification: AccountNotification,
  at: Instant,
): Decision<null> {
  return {
    next: null,
    changes: [{ kind: 'identity.notify', notification, at }],
    event: {
      event: 'account.notified',
      logs: [{ kind: 'organisation', id: organisation }],
      detail: { channel: 'mail', about: notification.template },
    },
    jobs: [],
  }
}
