// `safehand webhook list`: the addresses, and what was delivered.
import { webhookOperations, type WebhookView } from '#contract/webhooks.ts'
import { type Context, signedInApi } from '../../context.ts'
import { table } from '../../terminal/output.ts'

export async function list(context: Context): Promise<void> {
  const value = await (await signedInApi(context)).call(webhookOperations.list, {})
  context.output.result({ value, text: value.webhooks.map(describe).join('\n\n') || 'There are no webhooks.' })
}

function describe({ id, url, events, failingAt, deliveries }: WebhookView): string {
  const rows: [string, string][] = [
    ['Webhook', id],
    ['Address', url],
    ['Told', events.join(', ')],
    ['State', failingAt === null ? 'working' : `failing since ${failingAt}`],
  ]
  const sent = deliveries.map(
    ({ at, event, transfer, attempts, status, deliveredAt, nextAt }) =>
      `${at}  ${event}  ${transfer ?? ''}  ${deliveredAt ?? (nextAt === null ? 'given up' : `again at ${nextAt}`)}  ${attempts} x  ${status ?? ''}`,
  )
  return [table(rows), ...sent].join('\n')
}
