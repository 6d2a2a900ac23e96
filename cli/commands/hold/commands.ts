// Holds by a person’s act: `safehand place-hold`, `lift-hold` and `report`.
import { type Command, Option } from 'commander'
import { type Problem, problems } from '#domain/transfers/transfer.ts'
import type { Context } from '../../context.ts'
import { parseTransferId } from '../../collecting/open-transfer.ts'
import { placeHold } from './place-hold.ts'
import { liftHold } from './lift-hold.ts'
import { report } from './report.ts'
import type { Words } from './reason.ts'

export function addHoldCommands(program: Command, context: Context): void {
  const reason = ['--reason <text>', 'why; everyone who may look at the transfer reads it'] as const
  program
    .command('place-hold <id>')
    .description('stop a transfer for an incident: nobody collects it, nothing of it is destroyed')
    .requiredOption(...reason)
    .option('--legal', 'because the law asks for it, not for an incident')
    .action((id: string, options: Words & { legal?: boolean }) => placeHold(context, parseTransferId(id), options))
  program
    .command('lift-hold <id>')
    .description(
      'end a hold of your own side; the time that was left goes on, unless a recipient’s report stands under it',
    )
    .requiredOption(...reason)
    .action((id: string, options: Words) => liftHold(context, parseTransferId(id), options))
  program
    .command('report <id>')
    .description('say that what was sent to you is not meant for you, or not right; it is held for everyone')
    .requiredOption(...reason)
    .addOption(new Option('--problem <problem>', 'what is wrong').choices(problems).makeOptionMandatory())
    .action((id: string, options: Words & { problem: Problem }) => report(context, parseTransferId(id), options))
}
