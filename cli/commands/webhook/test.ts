// `safehand webhook test`: sends a test message.
import { webhookOperations } from '#contract/webhooks.ts'
import { webhookId } from '#domain/webhooks/webhook.ts'
import { type Context, signedInApi } from '../../context.ts'

export async function test(context: Context, id: string): Promise<void> {
  const webhook = webhookId.parse(id)
  await (await signedInApi(context)).call(webhookOperations.test, { params: { webhook } })
  context.output.result({ value: { webhook }, text: 'A test message is on its way: see “safehand webhook list”.' })
}
