// `safehand organisation`: the offline root, the statements it signs, and pinning it.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { repeated } from '../../terminal/repeated.ts'
import { type RootOptions, createRoot } from './create-root.ts'
import { type PinAgainOptions, pinOnly } from './pin.ts'
import { type StateOptions, state } from './state.ts'

export function addOrganisationCommands(program: Command, context: Context): void {
  const organisation = program.command('organisation').description('your organisation’s root and statements')
  organisation
    .command('create-root')
    .description('make the root key; keep its folder offline and in two places')
    .requiredOption('--directory <folder>', 'where to: a folder on removable media')
    .requiredOption('--name <name>', 'the organisation’s name')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((options: RootOptions) => createRoot(context, options))
  organisation
    .command('pin')
    .description(
      'pin your organisation’s root and the installation’s name; again, while nothing was signed under a mistyped one',
    )
    .requiredOption('--root <fingerprint>', 'the root’s fingerprint, from a colleague or by phone')
    .option('--origin <name>', 'the installation’s name, if you were told it')
    .option('--yes', 'do not ask')
    .action((options: PinAgainOptions) => pinOnly(context, options))
  organisation
    .command('state')
    .description('sign and register the next statement: which roster keys may sign rosters, and until when')
    .requiredOption('--root-directory <folder>', 'the folder of the root key')
    .option('--root-passphrase-file <file>', 'file with the root’s passphrase (otherwise you are asked)')
    .option('--roster-key <file>', 'certificate of another roster key beside your own; may be repeated', repeated, [])
    .option('--days <days>', 'how long it holds, at most 366', '365')
    .option('--successor <folder>', 'the folder of a new root: it signs every statement after this one')
    .option('--yes', 'do not ask')
    .action((options: StateOptions) => state(context, options))
}
