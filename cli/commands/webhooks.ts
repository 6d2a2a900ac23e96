// safehand webhook add, list, test, rotate, remove: an administrator's addresses of programs that are told what becomes of
// the organisation's transfers.
import { type Command, Option } from 'commander'
import { webhookOperations, type WebhookView } from '#contract/webhooks.ts'
import { type WebhookEvent, webhookEvents, webhookId } from '#domain/webhooks/webhook.ts'
import { type Context, signedInApi } from '../context.ts'
import { table } from '../terminal/output.ts'

export function addWebhookCommands(program: Command, context: Context): void {
  const webhooks = program.command('webhook').description('programs of yours that are told what becomes of transfers')
  webhooks
    .command('add <url>')
    .description(
      'have a program told what becomes of transfers: register its https address, and see the secret that its messages are signed with, once',
    )
    .addOption(
      new Option('--event <event...>', 'what to tell (default: everything)')
        .choices(webhookEvents)
        .default([...webhookEvents]),
    )
    .action((url: string, { event }: { event: WebhookEvent[] }) => add(context, url, event))
  webhooks
    .command('list')
    .description('your organisation’s webhooks, and what was delivered')
    .action(() => list(context))
  webhooks
    .command('test <webhook>')
    .description('send a test message; one that gets through ends a webhook’s failing')
    .action((id: string) => test(context, id))
  webhooks
    .command('rotate <webhook>')
    .description('make a new secret, shown once; the former one signs too for a day')
    .action((id: string) => rotate(context, id))
  webhooks
    .command('remove <webhook>')
    .description('send nothing more to it')
    .action((id: string) => remove(context, id))
}

async function add(context: Context, url: string, events: WebhookEvent[]): Promise<void> {
  const api = await signedInApi(context)
  showSecret(context, await api.call(webhookOperations.register, { body: { url, events } }))
}

async function list(context: Context): Promise<void> {
  const value = await (await signedInApi(context)).call(webhookOperations.list, {})
  context.output.result({ value, text: value.webhooks.map(describe).join('\n\n') || 'There are no webhooks.' })
}

async function test(context: Context, id: string): Promise<void> {
  const webhook = webhookId.parse(id)
  await (await signedInApi(context)).call(webhookOperations.test, { params: { webhook } })
  context.output.result({ value: { webhook }, text: 'A test message is on its way: see “safehand webhook list”.' })
}

async function rotate(context: Context, id: string): Promise<void> {
  const api = await signedInApi(context)
  showSecret(context, await api.call(webhookOperations.rotate, { params: { webhook: webhookId.parse(id) } }))
}

async function remove(context: Context, id: string): Promise<void> {
  const webhook = webhookId.parse(id)
  await (await signedInApi(context)).call(webhookOperations.remove, { params: { webhook } })
  context.output.result({ value: { webhook }, text: 'Removed.' })
}

function showSecret(context: Context, value: { readonly id: string; readonly secret: string }): void {
  const text = table([
    ['Webhook', value.id],
    ['Secret', value.secret],
  ])
  context.output.result({ value, text: `${text}\nThe secret is not shown again.` })
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
