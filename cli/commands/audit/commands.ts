// `safehand audit`: take a log home, and check one without the service.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { type ExportOptions, exportCommand } from './export.ts'
import { seenCommand } from './seen.ts'
import { type VerifyOptions, verifyCommand } from './verify.ts'

export function addAuditCommands(program: Command, context: Context): void {
  const audit = program.command('audit').description('the append-only log of what happened')
  audit
    .command('export [agreement]')
    .description('fetch a log with all that is needed to verify it, and verify it')
    .requiredOption('--into <folder>', 'where it goes; must not be there yet, or be empty')
    .option('--organisation', "your organisation's own log instead of an agreement's")
    .action((agreement: string | undefined, options: ExportOptions) =>
      exportCommand(context, { agreement, ...options }),
    )
  audit
    .command('verify <folder>')
    .description('verify an exported log offline, under the root that is pinned here')
    .option('--earlier <checkpoint...>', 'checkpoints or folders exported before: the log must begin with them')
    .option('--entries', 'print what the log says, entry by entry')
    .action((folder: string, options: VerifyOptions) => verifyCommand(context, { folder, ...options }))
  audit
    .command('seen [log]')
    .description('what this home saw of each log; of one, named by its agreement, the signed checkpoint to compare by')
    .action((log: string | undefined) => seenCommand(context, { log }))
}
