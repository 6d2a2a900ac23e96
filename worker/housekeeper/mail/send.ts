// Job send-mail: one person is told once that something waits or went wrong. The mail goes first, the entry after it:
// cut off between the two, it goes again under the same message id. Nobody is named in it, and nothing
// (ARCHITECTURE.md#mail).
import type { JobPayload } from '#contract/jobs.ts'
import type { Notification } from '#domain/transfers/changes.ts'
import { decideNotify } from '#domain/transfers/decisions/decide-notify.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadNotificationFacts } from '#store/transfers/notifications.ts'
import { mailWords } from '#words/en/mail.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

type Adapters = Pick<HousekeeperAdapters, 'database' | 'withLock' | 'commit' | 'mailer' | 'origin' | 'url'>

export async function sendMail(adapters: Adapters, notification: JobPayload<'send-mail'>): Promise<void> {
  const name = `mail ${messageIdOf(notification, adapters.origin)}`
  await adapters.withLock(name, () => sendOnce(adapters, notification))
}

async function sendOnce(adapters: Adapters, notification: Notification): Promise<void> {
  const facts = await loadNotificationFacts(adapters.database, notification)
  if (facts === undefined) throw new Error('there is no such transfer or account')
  if (facts.told || facts.left || !facts.asked) return
  const { id, expiresAt } = facts.transfer
  const { destroyBy } = facts
  const words = mailWords[notification.template]({ transfer: id, collectBy: expiresAt, destroyBy, url: adapters.url })
  await adapters.mailer.send({ to: facts.email, ...words, messageId: messageIdOf(notification, adapters.origin) })
  await adapters.commit({
    caller: housekeeperCaller(notification.correlation),
    load: async () => facts,
    decide: ({ transfer }, at) => decideNotify(transfer, notification, at),
  })
}

function messageIdOf({ transfer, account, template, correlation }: Notification, origin: string): string {
  return `<${sha256Hex([transfer, account, template, correlation].join(' ')).slice(0, 32)}@${origin}>`
}
