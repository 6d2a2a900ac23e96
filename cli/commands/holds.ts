// Holds by a person's act. `safehand place-hold` and `lift-hold`: an information officer or SIRO, for an incident or by
// law. `safehand report`: a recipient whom a transfer is not meant for, or who cannot use it; it is held for everyone.
import { type Command, Option } from 'commander'
import { endingOperations } from '#contract/transfers/endings.ts'
import { type Problem, problems } from '#domain/transfers/transfer.ts'
import type { TransferId } from '#domain/values.ts'
import { holdWords } from '#words/en/endings.ts'
import { type Context, signedInApi } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { parseTransferId } from '../collecting/open-transfer.ts'

interface Words {
  readonly reason: string
}

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

async function placeHold(
  context: Context,
  transfer: TransferId,
  { reason, legal = false }: Words & { readonly legal?: boolean },
): Promise<void> {
  const api = await signedInApi(context)
  const body = { reason: legal ? 'legal' : 'incident', words: oneLine(reason) } as const
  await api.call(endingOperations.placeHold, { params: { transfer }, body })
  context.output.result({
    value: { transfer, held: body.reason },
    text: `On hold. Nobody can collect it, nothing of it is destroyed, and its time stands still.\nNext: safehand lift-hold ${transfer} --reason "..."`,
  })
}

async function liftHold(context: Context, transfer: TransferId, { reason }: Words): Promise<void> {
  const api = await signedInApi(context)
  const body = { words: oneLine(reason) }
  const { held } = await api.call(endingOperations.liftHold, { params: { transfer }, body })
  const now =
    held === null
      ? 'No longer on hold. The time that was left goes on'
      : `Your hold is lifted. What it was held for before still stands: ${holdWords[held]} Next`
  context.output.result({ value: { transfer, held }, text: `${now}: safehand status ${transfer}` })
}

async function report(
  context: Context,
  transfer: TransferId,
  { reason, problem }: Words & { readonly problem: Problem },
): Promise<void> {
  const api = await signedInApi(context)
  await api.call(endingOperations.report, { params: { transfer }, body: { problem, words: oneLine(reason) } })
  context.output.result({
    value: { transfer, held: problem },
    text: `Reported. It is on hold for everyone; the sender and the information officers were told.\nDo not open or use what you fetched. If this was a mistake: safehand lift-hold ${transfer} --reason "..."`,
  })
}

function oneLine(text: string): string {
  const line = text.trim()
  if (line === '' || line.length > 200 || /[\p{Cc}]/u.test(line)) {
    throw usage('--reason is one line of 1 to 200 characters.')
  }
  return line
}
