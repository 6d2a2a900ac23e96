// The agreement's log, fetched and verified before it is believed: under the pinned root, and beginning with what this
// client saw of it before. Held in memory; only its checkpoint is kept.
import type { Entry } from '#domain/audit/entry.ts'
import { type AgreementId, type Fingerprint, fingerprint } from '#domain/values.ts'
import { concat } from '#tlog/bytes.ts'
import type { Api } from '../api.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import { exportLog } from './export-log.ts'
import { checkpointPath } from './log-layout.ts'
import { type LogToVerify, verifyExportedLog } from './verify-log.ts'

export interface LogToFetch extends Omit<LogToVerify, 'reader' | 'onEntry'> {
  readonly api: Api
  readonly agreement: AgreementId
}

export interface FetchedLog {
  /** Every one, in order. */
  readonly entries: readonly Entry[]
  /** To be given as `earlier` the next time. */
  readonly checkpoint: Uint8Array
}

/** Throws TrustRefused TRUST_LOG unless the log is whole, ours and a longer one than before. */
export async function fetchAgreementLog({ api, agreement, ...log }: LogToFetch): Promise<FetchedLog> {
  const files = new Map<string, Uint8Array>()
  const none = new Uint8Array()
  const sink = {
    write: async (path: string, bytes: Uint8Array) => void files.set(path, bytes),
    append: async (path: string, bytes: Uint8Array) => void files.set(path, concat([files.get(path) ?? none, bytes])),
  }
  await exportLog({ api, log: { kind: 'agreement', id: agreement }, sink, sha256: log.sha256 })
  const entries: Entry[] = []
  const report = await verifyExportedLog({
    ...log,
    reader: { read: (path) => files.get(path) ?? null },
    onEntry: ({ entry }) => entries.push(entry),
  })
  if (report.status !== 'verified') {
    throw new TrustRefused({ code: 'TRUST_LOG', saw: report.problem?.code ?? report.status })
  }
  return { entries, checkpoint: files.get(checkpointPath) ?? none }
}

/** Encryption subkeys that a verified log says were revoked. */
export function revokedIn(entries: readonly Entry[]): readonly Fingerprint[] {
  return entries
    .filter(({ event, outcome }) => event === 'key.revoked' && outcome === 'success')
    .map(({ detail }) => fingerprint.parse(detail.encryptionSubkey))
}
