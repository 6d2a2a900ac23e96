// Revoking one's own key (ARCHITECTURE.md#revocation): the service blocks at once - nothing is sent to it, nothing is
// collected with it - and the next roster leaves it out. It cannot be taken back: who still has the key registers a new
// one.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { RefusalCode } from '../refusals.ts'
import type { AgreementId, Bytes, Fingerprint, Instant } from '../values.ts'
import type { Decision } from './changes.ts'
import { type KnownCertificate, keyLogs } from './decisions.ts'

export interface RevokeFacts {
  readonly caller: PersonCaller
  /** Null: there is no such certificate. */
  readonly certificate: KnownCertificate | null
  /** This certificate as its holder revoked it, to be published; or why what came along is not that. */
  readonly published: { readonly bytes: Bytes } | { readonly code: RefusalCode } | null
  /** In force, with the caller's organisation as a party. */
  readonly agreements: readonly AgreementId[]
}

export function decideRevoke(
  { caller, certificate, published, agreements }: RevokeFacts,
  at: Instant,
): Decision<{ readonly fingerprint: Fingerprint; readonly revokedAt: Instant }> {
  const event = { event: 'key.revoked', logs: [ownLog(caller)] } as const
  if (certificate?.account !== caller.actor.account) return { refusal: { code: 'NOT_FOUND' }, event }
  if (certificate.revokedAt !== null) return { refusal: { code: 'KEY_REVOKED' }, event }
  if (published && 'code' in published) return { refusal: { code: published.code }, event }
  const { fingerprint, encryptionSubkey } = certificate
  return {
    next: { fingerprint, revokedAt: at },
    changes: [{ kind: 'certificates.revoke', fingerprint, bytes: published?.bytes ?? null, at }],
    event: {
      event: 'key.revoked',
      logs: keyLogs(caller, agreements),
      detail: { fingerprint, encryptionSubkey, published: published !== null },
    },
    jobs: [],
  }
}
