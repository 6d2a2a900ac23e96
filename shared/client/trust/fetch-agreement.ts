// Asks the service for an agreement's documents and believes them only when verifyAgreement does.
import { agreementOperations } from '#contract/agreements.ts'
import type { AgreementId, Instant } from '#domain/values.ts'
import type { Anchor } from './anchor.ts'
import type { Api, ReplyOf } from '../api.ts'
import { TrustRefused } from './trust-refused.ts'
import { type VerifiedAgreement, verifyAgreement, verifyAgreementToRead } from './verify-agreement.ts'

export interface AgreementWanted {
  readonly api: Api
  readonly id: AgreementId
  /** The version in force when left out. */
  readonly version?: number | undefined
  /** To read what was sent before, not to send: verifyAgreementToRead. */
  readonly toRead?: true
}

/** As the service has them: not believed yet. @throws RefusedByServer, ServerUnreachable */
export async function fetchAgreementDocuments({
  api,
  id,
  version,
}: AgreementWanted): Promise<ReplyOf<typeof agreementOperations.show>> {
  const query = version === undefined ? {} : { version }
  return api.call(agreementOperations.show, { params: { agreement: id }, query })
}

/** Keep the result's anchor. @throws TrustRefused, RefusedByServer, ServerUnreachable */
export async function fetchAgreement(
  wanted: AgreementWanted & { readonly anchor: Anchor; readonly now: Instant },
): Promise<VerifiedAgreement> {
  const verify = wanted.toRead ? verifyAgreementToRead : verifyAgreement
  const verified = await verify(wanted.anchor, await fetchAgreementDocuments(wanted), wanted.now)
  refuseAnother(verified.agreement, wanted)
  return verified
}

/** The answer must be what was asked for: a true agreement in another's place is a lie too. */
export function refuseAnother(
  { id, version }: { readonly id: AgreementId; readonly version: number },
  wanted: Pick<AgreementWanted, 'id' | 'version'>,
): void {
  if (id === wanted.id && (wanted.version === undefined || version === wanted.version)) return
  throw new TrustRefused({ code: 'TRUST_AGREEMENT', saw: `agreement ${id} version ${version}` })
}
