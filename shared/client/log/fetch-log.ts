// The agreement's log, fetched and verified before it is believed: under the pinned root, and beginning with what this
// client saw of it before. Its entries are kept nowhere; that its head was seen is.
import type { Entry } from '#domain/audit/entry.ts'
import { type AgreementId, type Fingerprint, fingerprint } from '#domain/values.ts'
import { concat } from '#tlog/bytes.ts'
import type { Api } from '../api.ts'
import type { Anchor } from '../trust/anchor.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import { exportLog } from './export-log.ts'
import type { LogMemory } from './memory.ts'
import { verifyAndRemember } from './remembering.ts'
import type { LogToVerify } from './verify-log.ts'

export interface LogToFetch extends Omit<LogToVerify, 'reader' | 'onEntry' | 'anchor' | 'fresh' | 'remembered'> {
  readonly api: Api
  readonly agreement: AgreementId
  readonly anchor: Anchor
  readonly memory: LogMemory
}

/**
 * Every entry, in order. Throws TrustRefused TRUST_LOG unless the log is whole, ours and contains what was seen of it.
 * Whoever holds no office is given no openings, so that not all of them need be there.
 */
export async function fetchAgreementLog({ api, agreement, memory, ...log }: LogToFetch): Promise<readonly Entry[]> {
  const files = new Map<string, Uint8Array>()
  const none = new Uint8Array()
  const sink = {
    write: async (path: string, bytes: Uint8Array) => void files.set(path, bytes),
    append: async (path: string, bytes: Uint8Array) => void files.set(path, concat([files.get(path) ?? none, bytes])),
  }
  const of = { kind: 'agreement', id: agreement } as const
  await exportLog({ api, log: of, installation: log.anchor.origin, memory, now: log.now, sink, sha256: log.sha256 })
  const entries: Entry[] = []
  const report = await verifyAndRemember(
    {
      ...log,
      fresh: true,
      reader: { read: (path) => files.get(path) ?? null },
      onEntry: ({ entry }) => entries.push(entry),
    },
    { memory, place: null },
  )
  if (report.status !== 'verified' && report.status !== 'not verified in full') {
    throw new TrustRefused({ code: 'TRUST_LOG', saw: report.problem?.code ?? report.status })
  }
  return entries
}

/** Encryption subkeys that a verified log says were revoked. */
export function revokedIn(entries: readonly Entry[]): readonly Fingerprint[] {
  return entries
    .filter(({ event, outcome }) => event === 'key.revoked' && outcome === 'success')
    .map(({ detail }) => fingerprint.parse(detail.encryptionSubkey))
}
