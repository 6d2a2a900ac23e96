// How the service's clock stands to this machine's, by the dates of its replies (RFC 9110 6.6.1). It changes no decision: a
// client judges by its own clock, since whoever could set the other would decide what is still valid. It changes what is
// said when something was refused that a wrong clock explains.
import type { RefusalCode } from '#domain/refusals.ts'
import { instantOfHttpDate } from '#domain/time.ts'
import type { TrustRefusalCode } from '#domain/trust.ts'
import type { Instant } from '#domain/values.ts'
import { clockWords, type TwoClocks } from '#words/en/clock.ts'
import type { Fetch } from './api.ts'

export interface ServiceClock {
  /** The same, and its replies' dates are seen. */
  noting(fetch: Fetch): Fetch
  /** As of the last reply that had a date; null: none had. */
  lastSeen(): TwoClocks | null
}

export function createServiceClock(now: () => Instant): ServiceClock {
  let seen: TwoClocks | null = null
  return {
    noting: (fetch) => async (url, init) => {
      const response = await fetch(url, init)
      const service = instantOfHttpDate(response.headers.get('date') ?? '')
      // What a cache kept says when it was made, not what time it is.
      if (service !== null && !response.headers.has('age')) seen = { own: now(), service }
      return response
    },
    lastSeen: () => seen,
  }
}

/** What a client or the service refused in words, the wrong clock first where it may be all that is wrong. */
export function refusalInWords(
  refused: { readonly code: string; readonly message: string },
  clock: Pick<ServiceClock, 'lastSeen'>,
): string {
  const { code, message } = refused
  const seen = judgedByTime.has(code) ? clock.lastSeen() : null
  return (seen && clockWords(seen, message)) ?? message
}

/** What asks what time it is, by the client's clock or by what was signed with it. */
const judgedByTime: ReadonlySet<string> = new Set([
  'TRUST_ROOT',
  'TRUST_STATEMENT_SIGNATURE',
  'TRUST_STATEMENT_EXPIRED',
  'TRUST_ROSTER_KEY',
  'TRUST_ROSTER_EXPIRED',
  'TRUST_CERTIFICATE',
  'TRUST_AGREEMENT_SIGNATURE',
  'TRUST_SIGNATORY',
  'TRUST_CHALLENGE',
  'TRUST_SCAN_CERTIFICATE',
  'TRUST_EXPIRY',
  'TRUST_NOTE',
  'TRUST_VERDICT',
  'TRUST_LOG',
  'TRUST_APPROVAL',
  'TRUST_RECEIPT',
  'TRUST_DESTRUCTION',
  'TRUST_ADDENDUM',
  'KEY_NOT_YET_VALID',
  'KEY_EXPIRED',
  'AGR_REFUSED',
  'STATEMENT_REFUSED',
  'ROSTER_REFUSED',
  'DOCUMENT_INVALID',
  'SIGNATURE_INVALID',
  'NOTE_MISMATCH',
] satisfies readonly (TrustRefusalCode | RefusalCode)[])
