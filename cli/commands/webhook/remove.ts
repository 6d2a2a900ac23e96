// `safehand webhook remove`: nothing more is sent to it.
import { webhookOperations } from '#contract/webhooks.ts'
import { webhookId } from '#domain/webhooks/webhook.ts'
import { type Context, signedInApi } from '../../context.ts'

export async function remove(context: Context, id: string): Promise<void> {
  const webhook = webhookId.parse(id)
  await (await signedInApi(context)).call(webhookOperations.remove, { params: { webhook } })
  context.output.result({ value: { webhook }, text: 'Removed.' })
}
