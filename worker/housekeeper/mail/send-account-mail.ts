// Job send-account-mail: one person is told once what became of an account. As with mails about transfers the mail goes
// first, the entry after it.
import type { JobPayload } from '#contract/jobs.ts'
import { decideNotifyHolder } from '#domain/identity/notifications.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadAccountNotification } from '#store/resets.ts'
import { accountMailWords } from '#words/en/mail.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

type Adapters = Pick<HousekeeperAdapters, 'database' | 'withLock' | 'commit' | 'mailer' | 'origin' | 'url'>

export async function sendAccountMail(
  adapters: Adapters,
  notification: JobPayload<'send-account-mail'>,
): Promise<void> {
  const { account, template, correlation } = notification
  const id = sha256Hex([account, template, correlation].join(' ')).slice(0, 32)
  await adapters.withLock(`mail ${id}`, async () => {
    const facts = await loadAccountNotification(adapters.database, notification)
    if (facts === undefined) throw new Error('there is no such account')
    if (facts.told || !facts.asked) return
    const words = accountMailWords[template]({ url: adapters.url })
    await adapters.mailer.send({ to: facts.email, ...words, messageId: `<${id}@${adapters.origin}>` })
    await adapters.commit({
      caller: housekeeperCaller(correlation),
      load: async () => facts,
      decide: (told, at) => decideNotifyHolder(told, { account, template, correlation }, at),
    })
  })
}
