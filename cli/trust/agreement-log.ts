// An agreement's log as this home believes it, and the revocations that it told of.
import type { Api } from '#client/api.ts'
import { fetchAgreementLog } from '#client/log/fetch-log.ts'
import type { Entry } from '#domain/audit/entry.ts'
import type { AgreementId } from '#domain/values.ts'
import type { Context } from '../context.ts'
import { logPrimitives } from './log-folder.ts'
import { logMemory } from './log-memory.ts'
import { rememberRevocations } from './revocations.ts'

/** Every entry, in order. Throws TrustRefused TRUST_LOG unless the log is whole, ours and contains what was seen of it. */
export async function readAgreementLog(
  context: Context,
  of: { readonly api: Api; readonly agreement: AgreementId },
): Promise<readonly Entry[]> {
  const { home, io } = context
  const entries = await fetchAgreementLog({
    ...of,
    ...logPrimitives,
    anchor: await home.readAnchor(),
    now: io.now(),
    memory: logMemory(home),
  })
  await rememberRevocations(context, entries)
  return entries
}
