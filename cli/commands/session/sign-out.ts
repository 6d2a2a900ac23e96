// `safehand sign-out`: this machine's token ends, at the service and here. Keys and pinned roots stay.
import { RefusedByServer } from '#client/api.ts'
import { identityOperations } from '#contract/identity.ts'
import { type Context, signedInApi } from '../../context.ts'

export async function signOut(context: Context): Promise<void> {
  const [, own = ''] = (await context.home.readToken()).token.match(/^shf_([0-9a-f]{32})_/) ?? []
  const api = await signedInApi(context)
  await api.call(identityOperations.revokeToken, { params: { token: own } }).catch(endedBefore)
  await context.home.removeToken()
  context.output.result({ value: { token: own }, text: 'Signed out.' })
}

/** The service takes it no more: what is left is to forget it. */
function endedBefore(error: unknown): void {
  if (!(error instanceof RefusedByServer) || error.code !== 'SIGN_IN_REQUIRED') throw error
}
