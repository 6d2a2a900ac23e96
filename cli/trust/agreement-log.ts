// What this home keeps of an agreement's log: its last checkpoint, and the revocations it told of.
import { readFile } from 'node:fs/promises'
import type { Api } from '#client/api.ts'
import { fetchAgreementLog } from '#client/log/fetch-log.ts'
import type { Entry } from '#domain/audit/entry.ts'
import type { AgreementId } from '#domain/values.ts'
import { writePrivate } from '#platform/files.ts'
import type { Context } from '../context.ts'
import { logPrimitives } from './log-folder.ts'
import { rememberRevocations } from './revocations.ts'

/** Every entry, in order. Throws TrustRefused TRUST_LOG unless the log is whole, ours and a longer one than before. */
export async function readAgreementLog(
  context: Context,
  of: { readonly api: Api; readonly agreement: AgreementId },
): Promise<readonly Entry[]> {
  const { home, io } = context
  const kept = await home.path('checkpoints', of.agreement)
  const earlier = await readFile(kept).catch(() => undefined)
  const { entries, checkpoint } = await fetchAgreementLog({
    ...of,
    ...logPrimitives,
    anchor: await home.readAnchor(),
    now: io.now(),
    earlier: earlier ? [earlier] : [],
  })
  await rememberRevocations(context, entries)
  await writePrivate(kept, checkpoint)
  return entries
}
