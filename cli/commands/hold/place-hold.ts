// `safehand place-hold`: an information officer or SIRO stops a transfer, for an incident or by law.
import { endingOperations } from '#contract/transfers/endings.ts'
import type { TransferId } from '#domain/values.ts'
import { type Context, signedInApi } from '../../context.ts'
import { type Words, oneLine } from './reason.ts'

export async function placeHold(
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
