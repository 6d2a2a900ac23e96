// `safehand roster`: the administrator’s key, and the signed list of who is in the organisation with which key
// (ARCHITECTURE.md#roster).
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { repeated } from '../../terminal/repeated.ts'
import { type CreateOptions, createKey } from './create-key.ts'
import { type SignOptions, sign } from './sign.ts'
import { show } from './show.ts'

export function addRosterCommands(program: Command, context: Context): void {
  const roster = program.command('roster').description('who is in your organisation, with which key, role and team')
  roster
    .command('create-key')
    .description('make your roster key, protected by a passphrase; the root’s next statement must list it')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .option('--certificate-file <file>', 'write its public part to this file, for whoever holds the root')
    .action((options: CreateOptions) => createKey(context, options))
  roster
    .command('sign')
    .description('sign the next roster: the last one, with whom you take in, change or remove by name')
    .option('--passphrase-file <file>', 'file with the roster key’s passphrase (otherwise you are asked)')
    .option('--team <name>', 'a team to have beside those there are; may be repeated', repeated, [])
    .option(
      '--take-in <email>',
      'somebody who waits, or EMAIL=FINGERPRINT as they read it to you; may be repeated (otherwise you are asked)',
      repeated,
      [],
    )
    .option('--remove <email>', 'somebody who leaves: their account ends; may be repeated', repeated, [])
    .option(
      '--csv <file>',
      'take in and change the people it names: email,name,roles,teams and, if compared, fingerprint',
    )
    .option('--yes', 'do not ask: whom you named is taken in, and whoever else waits stays out')
    .action((options: SignOptions) => sign(context, options))
  roster
    .command('show')
    .description('the current roster, verified from your pinned root')
    .action(() => show(context))
}
