// The commands of passwords and authenticators: changed by their holder, reset when they are lost.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { type ChangePasswordOptions, changePassword } from './change-password.ts'
import { type CompleteResetOptions, completeReset } from './complete-reset.ts'
import { confirmReset, listResets, type OpenResetOptions, openReset, withdrawReset } from './resets.ts'

export function addCredentialCommands(account: Command, context: Context): void {
  account
    .command('change-password')
    .description('choose another password; ends every other session and token of yours')
    .option('--password-file <file>', 'file with your password (otherwise you are asked)')
    .option('--code-file <file>', 'file with the code of your authenticator (otherwise you are asked)')
    .option('--new-password-file <file>', 'file with the new password (otherwise you are asked)')
    .action((options: ChangePasswordOptions) => changePassword(context, options))
  account
    .command('resets')
    .description('resets that are open: your own, and for administrators their organisation’s')
    .action(() => listResets(context))
  account
    .command('open-reset')
    .description('let a colleague whom you see choose a new password and authenticator; say the code to them yourself')
    .requiredOption('--email <email>', 'whose')
    .option('--reset-file <file>', 'write the one-time code to this file instead of showing it')
    .action((options: OpenResetOptions) => openReset(context, options))
  account
    .command('confirm-reset')
    .description('confirm, as a second person, the reset of an administrator')
    .argument('<id>', 'its id, of account resets')
    .option('--yes', 'do not ask')
    .action((id: string, options: { readonly yes?: true }) => confirmReset(context, { id, ...options }))
  account
    .command('withdraw-reset')
    .description('take back a reset that was not completed')
    .argument('<id>', 'its id, of account resets')
    .action((id: string) => withdrawReset(context, id))
  account
    .command('complete-reset')
    .description('with the code you were told: choose a password, get an authenticator secret and one-time codes')
    .requiredOption('--url <url>', 'base URL of the service')
    .requiredOption('--email <email>', 'your work e-mail')
    .option('--reset-file <file>', 'file with the code (otherwise you are asked)')
    .option('--password-file <file>', 'file with your new password (otherwise you are asked)')
    .requiredOption('--secrets-file <file>', 'where to write the authenticator secret and the one-time codes')
    .action((options: CompleteResetOptions) => completeReset(context, options))
}
