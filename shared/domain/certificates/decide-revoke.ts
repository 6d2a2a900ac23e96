// Revoking one's own key (ARCHITECTURE.md#revocation): the service blocks at once - nothing is sent to it, nothing is
// collected with it - and the next roster leaves it out. It cannot be taken back: who still has the key registers a new
// one.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { AgreementId, Fingerprint, Instant } from '../values.ts'
import { type KnownCertificate, keyLogs } from './decisions.ts'

export interface RevokeFacts {
  readonly caller: PersonCaller
  /** Null: there is no such certificate. */
  readonly certificate: KnownCertificate | null
  /** A certificate that came along to be published; `isRevocation`: it is this one, and its holder revoked it. */
  readonly published: { readonly bytes: Uint8Array<ArrayBuffer>; readonly isRevocation: boolean } | null
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
  if (published?.isRevocation === false) return { refusal: { code: 'KEY_MALFORMED' }, event }
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
