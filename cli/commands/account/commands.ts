// `safehand account`: invite a colleague, or accept an invitation. Secrets go to files or the terminal, once.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { type InviteOptions, invite } from './invite.ts'
import { type AcceptOptions, accept } from './accept.ts'
import { type DeactivateOptions, deactivate } from './deactivate.ts'
import { addCredentialCommands } from './credentials.ts'
import { repeated } from '../../terminal/repeated.ts'

export function addAccountCommands(program: Command, context: Context): void {
  const account = program.command('account').description('accounts of your organisation')
  account
    .command('invite')
    .description('invite a colleague; the roster you sign later gives the roles, not the invitation')
    .option('--email <email>', 'their work e-mail')
    .option('--name <name>', 'their name')
    .option('--role <role>', 'a role to propose; may be repeated', repeated, [])
    .option('--team <name>', 'a team to propose, by name; may be repeated', repeated, [])
    .option('--token-file <file>', 'write the one-time token to this file instead of showing it')
    .option('--csv <file>', 'instead of one: everyone in this list; columns email,name,roles,teams')
    .option('--tokens-folder <folder>', 'with --csv: where the one-time tokens go, a file for each person')
    .action((options: InviteOptions) => invite(context, options))
  account
    .command('accept')
    .description('accept an invitation: choose a password, receive the authenticator secret and one-time codes')
    .requiredOption('--url <url>', 'base URL of the service')
    .requiredOption('--token-file <file>', 'file with the token of the invitation')
    .option('--password-file <file>', 'file with your new password (otherwise you are asked)')
    .requiredOption('--secrets-file <file>', 'where to write the authenticator secret and the one-time codes')
    .action((options: AcceptOptions) => accept(context, options))
  account
    .command('deactivate')
    .description('end the account of somebody who has left: sessions, tokens and keys of it count no more')
    .requiredOption('--email <email>', 'whose')
    .option('--yes', 'do not ask')
    .action((options: DeactivateOptions) => deactivate(context, options))
  addCredentialCommands(account, context)
}
