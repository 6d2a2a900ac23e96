// Tells organisations' own programs what became of their transfers (Standard Webhooks): signed, each message until it is
// taken or about a day is over. Which address may be asked is looked at on each try (platform/outbound-http.ts). A receiver
// that is slow keeps no other waiting.
import { addSeconds, epochSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { decideFailWebhook } from '#domain/webhooks/decide-webhooks.ts'
import { afterAttempt, type WebhookId, type WebhookMessage } from '#domain/webhooks/webhook.ts'
import { type MayAsk, postOnce } from '#platform/outbound-http.ts'
import { webhookSignature } from '#platform/webhook-secret.ts'
import {
  type DueDelivery,
  loadAdministratorEmails,
  loadDueDeliveries,
  messageId,
  recordAttempt,
} from '#store/webhooks.ts'
import { webhookFailingMail } from '#words/en/mail.ts'
import { type Loop, startLoop } from '../loop.ts'
import { type HousekeeperAdapters, housekeeperCaller } from '../adapters.ts'

type Adapters = Pick<
  HousekeeperAdapters,
  'database' | 'connect' | 'commit' | 'now' | 'newId' | 'mailer' | 'url' | 'log'
>

export interface WebhookOptions {
  /** Secrets follow from it; the server has it too. */
  readonly key: Uint8Array
  readonly mayAsk: MayAsk
}

/** A receiver that does not answer by then has not taken it. */
const withinMs = 10_000

/** So long after a new secret the former one signs too. */
const overlapSeconds = 24 * 3600

export function startWebhooks(adapters: Adapters, options: WebhookOptions): Loop {
  const { connect, log } = adapters
  const busy = new Map<WebhookId, Promise<void>>()
  const run = async () => {
    const due = { at: adapters.now(), busy: [...busy.keys()] }
    for (const delivery of await loadDueDeliveries(adapters.database, due)) {
      const work = deliver(adapters, { delivery, options })
        .catch((error: unknown) => log.error({ error }, 'a webhook is tried again'))
        .finally(() => busy.delete(delivery.webhook))
      busy.set(delivery.webhook, work)
    }
  }
  const loop = startLoop({ name: 'webhooks', everyMilliseconds: 500, connect, log, run })
  return {
    async stop() {
      await loop.stop()
      await Promise.all(busy.values())
    },
  }
}

async function deliver(
  adapters: Adapters,
  { delivery, options }: { readonly delivery: DueDelivery; readonly options: WebhookOptions },
): Promise<void> {
  const status = await post(delivery, { ...options, at: adapters.now() })
  const at = adapters.now()
  const attempted = afterAttempt({ attempts: delivery.attempts + 1, status }, at)
  // The entry first: a webhook that failed without a word would be worse than a second word.
  if (attempted.kind === 'given-up' && delivery.event !== 'webhook.test') await fail(adapters, delivery, status)
  await recordAttempt(adapters.database, delivery, { status, attempted, at })
}

/** The status that came back; null when none did, for whatever reason: what is inside a network is nobody's to learn. */
async function post(
  delivery: DueDelivery,
  { key, mayAsk, at }: WebhookOptions & { readonly at: Instant },
): Promise<number | null> {
  const { webhook: id, generation, rotatedAt, organisation, transfer, agreement } = delivery
  const data = { organisation, transfer, agreement }
  const message: WebhookMessage = { type: delivery.event, timestamp: delivery.at, data }
  const body = JSON.stringify(message)
  const timestamp = epochSeconds(at)
  const both = rotatedAt !== null && addSeconds(rotatedAt, overlapSeconds) > at
  const secrets = [{ id, generation }, ...(both ? [{ id, generation: generation - 1 }] : [])]
  const messageName = messageId(delivery)
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Safehand',
    'webhook-id': messageName,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature(key, secrets, { messageId: messageName, timestamp, body }),
  }
  try {
    return await postOnce({ url: delivery.url, headers, body, mayAsk, withinMs })
  } catch {
    return null
  }
}

async function fail(
  adapters: Adapters,
  { webhook: id, organisation }: DueDelivery,
  status: number | null,
): Promise<void> {
  await adapters.commit({
    caller: housekeeperCaller(adapters.newId()),
    load: async () => ({ id, organisation }),
    decide: (facts, at) => decideFailWebhook(facts, status, at),
  })
  const words = webhookFailingMail({ webhook: id, url: adapters.url })
  for (const to of await loadAdministratorEmails(adapters.database, organisation)) {
    await adapters.mailer
      .send({ to, ...words })
      .catch((error: unknown) => adapters.log.warn({ error }, 'no mail about a failing webhook'))
  }
}
