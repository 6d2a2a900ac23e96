// `safehand take` and `give-back`: a member of the addressed team says who works on it; everybody else of the team sees it
// in their inbox and can still collect. Taken over from somebody only when that is said.
import type { Command } from 'commander'
import { collectOperations } from '#contract/transfers/collect.ts'
import type { TransferId } from '#domain/values.ts'
import { describeDelivery } from '#present/deliveries.ts'
import { type Context, signedInApi } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { look, namesBy, parseTransferId } from '../collecting/open-transfer.ts'

export function addTakeCommands(program: Command, context: Context): void {
  program
    .command('take <id>')
    .description('say that you have it, so that your team sees who works on it')
    .option('--over', 'from whoever has it now')
    .action((id: string, { over = false }: { over?: boolean }) => take(context, parseTransferId(id), over))
  program
    .command('give-back <id>')
    .description('say that you have it no more')
    .action((id: string) => giveBack(context, parseTransferId(id)))
}

async function take(context: Context, transfer: TransferId, over: boolean): Promise<void> {
  const { account } = await context.home.readSettings()
  const { api, names, mine, state } = await lookAtTeams(context, transfer)
  const held = mine.filter(
    ({ recipient, takenBy }) => takenBy !== null && takenBy !== account && names.isMember(recipient, takenBy),
  )
  const [from] = held
  if (from && !over) {
    const standing = describeDelivery(from, { names, transfer: state })
    throw usage(`${standing}. To take it over: safehand take ${transfer} --over`)
  }
  await api.call(collectOperations.take, { params: { transfer }, body: { from: from?.takenBy ?? null } })
  context.output.result({
    value: { transfer, taken: true, from: from?.takenBy ?? null },
    text: `You have it now, and your team sees that. Next: safehand collect ${transfer} --into FOLDER`,
  })
}

async function giveBack(context: Context, transfer: TransferId): Promise<void> {
  const api = await signedInApi(context)
  await api.call(collectOperations.giveBack, { params: { transfer } })
  context.output.result({ value: { transfer, taken: false }, text: 'Given back: nobody of your team has it now.' })
}

async function lookAtTeams(context: Context, transfer: TransferId) {
  const api = await signedInApi(context)
  const { view, agreement } = await look(context, { api, transfer })
  const names = await namesBy(context, agreement)
  const teams = view.deliveries.filter(({ recipient }) => recipient.kind === 'team')
  return { api, names, state: view.state, mine: teams.filter(({ recipient }) => names.isMine(recipient)) }
}
