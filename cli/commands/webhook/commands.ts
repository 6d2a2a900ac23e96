// `safehand webhook`: an administrator’s addresses of programs that are told what becomes of the organisation’s transfers.
import { type Command, Option } from 'commander'
import { type WebhookEvent, webhookEvents } from '#domain/webhooks/webhook.ts'
import type { Context } from '../../context.ts'
import { register } from './register.ts'
import { list } from './list.ts'
import { test } from './test.ts'
import { rotate } from './rotate.ts'
import { remove } from './remove.ts'

export function addWebhookCommands(program: Command, context: Context): void {
  const webhooks = program.command('webhook').description('programs of yours that are told what becomes of transfers')
  webhooks
    .command('register <url>')
    .description(
      'have a program told what becomes of transfers: register its https address, and see the secret that its messages are signed with, once',
    )
    .addOption(
      new Option('--event <event...>', 'what to tell (default: everything)')
        .choices(webhookEvents)
        .default([...webhookEvents]),
    )
    .action((url: string, { event }: { event: WebhookEvent[] }) => register(context, url, event))
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
