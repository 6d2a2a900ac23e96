// `safehand session end` and `end-others`.
import { accountOperations } from '#contract/accounts.ts'
import { type Context, signedInApi } from '../../context.ts'
import { idGiven } from '../../terminal/id-given.ts'

export async function end(context: Context, given: string): Promise<void> {
  const session = idGiven(given)
  await (await signedInApi(context)).call(accountOperations.endSession, { params: { session } })
  context.output.result({ value: { session }, text: 'Ended.' })
}

export async function endOthers(context: Context): Promise<void> {
  const ended = await (await signedInApi(context)).call(accountOperations.endOthers, {})
  const { sessions, tokens } = ended
  context.output.result({ value: ended, text: `Ended: sessions of browsers ${sessions}, tokens ${tokens}.` })
}
