// `safehand status`: where one transfer stands, from one look at it.
import type { Command } from 'commander'
import type { TransferId } from '#domain/values.ts'
import { nameSummary, presentTransfer } from '#present/transfer.ts'
import { flowBy, look, namesBy, parseTransferId } from '../collecting/open-transfer.ts'
import { type Context, signedInApi } from '../context.ts'
import { journalSeen } from '../sending/files.ts'
import { describeNext } from '../terminal/acts.ts'

export function addStatusCommand(program: Command, context: Context): void {
  program
    .command('status <id>')
    .description('where a transfer stands')
    .action((id: string) => status(context, parseTransferId(id)))
}

async function status(context: Context, transfer: TransferId): Promise<void> {
  const { view, agreement, ...signed } = await look(context, { api: await signedInApi(context), transfer })
  const { account } = await context.home.readSettings()
  if (view.verdict !== null && view.sender.account === account) await journalSeen(context, view)
  const names = await namesBy(context, agreement)
  const [addenda, approval, destructions] = [
    await signed.addenda(),
    await signed.approval(),
    await signed.destructions(),
  ]
  // Asked where it is needed: without a pinned root there is no agreement to ask.
  const flow = view.ended?.as === 'rejected' ? await flowBy(agreement, view.flow) : null
  const picture = presentTransfer({ view, names, addenda, approval, destructions, flow })
  context.output.result({
    value: { ...view, sender: nameSummary(view, names).sender, said: picture.state },
    text: [
      picture.heading,
      picture.from,
      `State: ${view.state}. ${picture.state}`,
      ...picture.because,
      ...[...picture.deliveries, ...picture.added].map((line) => `  ${line}`),
      ...picture.ending,
      ...describeNext(picture.next, transfer),
    ].join('\n'),
  })
}
