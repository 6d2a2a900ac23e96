// `safehand lift-hold`: ends a hold of one’s own side.
import { endingOperations } from '#contract/transfers/endings.ts'
import type { TransferId } from '#domain/values.ts'
import { holdWords } from '#words/en/endings.ts'
import { type Context, signedInApi } from '../../context.ts'
import { type Words, oneLine } from './reason.ts'

export async function liftHold(context: Context, transfer: TransferId, { reason }: Words): Promise<void> {
  const api = await signedInApi(context)
  const body = { words: oneLine(reason) }
  const { held } = await api.call(endingOperations.liftHold, { params: { transfer }, body })
  const now =
    held === null
      ? 'No longer on hold. The time that was left goes on'
      : `Your hold is lifted. What it was held for before still stands: ${holdWords[held]} Next`
  context.output.result({ value: { transfer, held }, text: `${now}: safehand status ${transfer}` })
}
