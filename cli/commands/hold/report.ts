// `safehand report`: a recipient whom a transfer is not meant for, or who cannot use it; it is held for everyone.
import { endingOperations } from '#contract/transfers/endings.ts'
import type { Problem } from '#domain/transfers/transfer.ts'
import type { TransferId } from '#domain/values.ts'
import { type Context, signedInApi } from '../../context.ts'
import { type Words, oneLine } from './reason.ts'

export async function report(
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
