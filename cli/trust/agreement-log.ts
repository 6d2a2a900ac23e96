// The agreement's log, fetched and verified before it is believed: under the pinned root, and beginning with what this
// client saw of it before. Held in memory; only its checkpoint is kept.
import { readFile } from 'node:fs/promises'
import type { Api } from '#client/api.ts'
import { exportLog } from '#client/log/export-log.ts'
import { checkpointPath } from '#client/log/log-layout.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import type { Entry } from '#domain/audit/entry.ts'
import type { AgreementId } from '#domain/values.ts'
import { sha256 } from '#platform/crypto.ts'
import { writePrivate } from '#platform/files.ts'
import type { Context } from '../context.ts'
import { rememberRevocations } from './revocations.ts'
import { verifyLogIn } from './log-folder.ts'

/** Every entry, in order. Throws TrustRefused TRUST_LOG unless the log is whole, ours and a longer one than before. */
export async function fetchAgreementLog(
  context: Context,
  { api, agreement }: { readonly api: Api; readonly agreement: AgreementId },
): Promise<readonly Entry[]> {
  const { home, io } = context
  const files = new Map<string, Uint8Array>()
  const sink = {
    write: async (path: string, bytes: Uint8Array) => void files.set(path, bytes),
    append: async (path: string, bytes: Uint8Array) =>
      void files.set(path, Buffer.concat([files.get(path) ?? new Uint8Array(), bytes])),
  }
  await exportLog({ api, log: { kind: 'agreement', id: agreement }, sink, sha256 })
  const kept = await home.path('checkpoints', agreement)
  const earlier = await readFile(kept).catch(() => undefined)
  const entries: Entry[] = []
  const report = await verifyLogIn({
    reader: { read: (path) => files.get(path) ?? null },
    anchor: await home.readAnchor(),
    now: io.now(),
    earlier: earlier ? [earlier] : [],
    onEntry: ({ entry }) => entries.push(entry),
  })
  if (report.status !== 'verified') {
    throw new TrustRefused({ code: 'TRUST_LOG', saw: report.problem?.code ?? report.status })
  }
  await rememberRevocations(context, entries)
  await writePrivate(kept, files.get(checkpointPath) ?? new Uint8Array())
  return entries
}
