// `safehand session` and `safehand token`: what is signed in as oneself, seen and ended; and `safehand sign-out`.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { end, endOthers } from './end.ts'
import { list } from './list.ts'
import { revoke } from './revoke.ts'
import { signOut } from './sign-out.ts'

export function addSessionCommands(program: Command, context: Context): void {
  program
    .command('sign-out')
    .description('end the token that this machine has, and those made with it')
    .action(() => signOut(context))
  const session = program.command('session').description('what is signed in as you')
  session
    .command('list')
    .description('sessions of browsers, and tokens of command lines and machines')
    .action(() => list(context))
  session
    .command('end')
    .description('end one session of a browser')
    .argument('<id>', 'its id, of session list')
    .action((id: string) => end(context, id))
  session
    .command('end-others')
    .description('end every session and token but the one that this machine has')
    .action(() => endOthers(context))
  const token = program.command('token').description('tokens of command lines and machines')
  token
    .command('revoke')
    .description('end one token, and those that were made with it')
    .argument('<id>', 'its id, of session list')
    .action((id: string) => revoke(context, id))
}
