// `safehand token revoke`: of one's own tokens.
import { identityOperations } from '#contract/identity.ts'
import { type Context, signedInApi } from '../../context.ts'
import { idGiven } from '../../terminal/id-given.ts'

export async function revoke(context: Context, given: string): Promise<void> {
  const token = idGiven(given)
  await (await signedInApi(context)).call(identityOperations.revokeToken, { params: { token } })
  context.output.result({ value: { token }, text: 'Revoked, with those that were made with it.' })
}
