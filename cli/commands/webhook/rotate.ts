// `safehand webhook rotate`: a new secret, shown once.
import { webhookOperations } from '#contract/webhooks.ts'
import { webhookId } from '#domain/webhooks/webhook.ts'
import { type Context, signedInApi } from '../../context.ts'
import { showSecret } from './secret.ts'

export async function rotate(context: Context, id: string): Promise<void> {
  const api = await signedInApi(context)
  showSecret(context, await api.call(webhookOperations.rotate, { params: { webhook: webhookId.parse(id) } }))
}
