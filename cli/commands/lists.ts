// `safehand sent` and `safehand inbox`: what one sent, and what was sent to one and one's teams.
import type { Command } from 'commander'
import { viewOperations } from '#contract/transfers/view.ts'
import { listRows, nameListed } from '#present/lists.ts'
import { createNames } from '../collecting/open-transfer.ts'
import { type Context, signedInApi } from '../context.ts'
import { allOption, describeMore, type ListOptions, readList } from '../terminal/lists.ts'
import { table } from '../terminal/output.ts'

export function addListCommands(program: Command, context: Context): void {
  program
    .command('sent')
    .description('what you sent, newest first')
    .option(...allOption)
    .action((options: ListOptions) => list(context, 'sent', options))
  program
    .command('inbox')
    .description('what was sent to you or your teams: what waits for you, then newest first')
    .option(...allOption)
    .action((options: ListOptions) => list(context, 'inbox', options))
}

async function list(context: Context, which: 'sent' | 'inbox', { all = false }: ListOptions): Promise<void> {
  const api = await signedInApi(context)
  const { transfers, more } = await readList(context, { api, operation: viewOperations[which], all })
  const namesOf = createNames(context, api)
  const named = await Promise.all(
    transfers.map(async (one) => nameListed(one, { names: await namesOf(one.agreement), list: which })),
  )
  const next = which === 'inbox' ? 'safehand collect TRANSFER --into FOLDER' : 'safehand status TRANSFER'
  const nothing = which === 'sent' ? 'You have sent nothing yet.' : 'Nothing was sent to you.'
  const text = [table(listRows(named, which)), ...describeMore(more, which), '', `Next: ${next}`].join('\n')
  context.output.result({ value: { transfers: named }, text: named.length === 0 ? nothing : text })
}
