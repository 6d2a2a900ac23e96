// `safehand webhook register`: registers an address, and shows its secret once.
import { webhookOperations } from '#contract/webhooks.ts'
import type { WebhookEvent } from '#domain/webhooks/webhook.ts'
import { type Context, signedInApi } from '../../context.ts'
import { showSecret } from './secret.ts'

export async function register(context: Context, url: string, events: WebhookEvent[]): Promise<void> {
  const api = await signedInApi(context)
  showSecret(context, await api.call(webhookOperations.register, { body: { url, events } }))
}
