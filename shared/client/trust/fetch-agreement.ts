// Asks the service for an agreement's documents and believes them only when verifyAgreement does.
import { agreementOperations } from '#contract/agreements.ts'
import type { LogHead } from '#contract/audit.ts'
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
export async function fetchAgreementDocuments(wanted: AgreementWanted): Promise<Shown> {
  return ask(wanted, undefined)
}

type Shown = ReplyOf<typeof agreementOperations.show>

function ask({ api, id, version }: AgreementWanted, seen: number | undefined): Promise<Shown> {
  const query = { ...(version !== undefined && { version }), ...(seen !== undefined && { seen }) }
  return api.call(agreementOperations.show, { params: { agreement: id }, query })
}

export interface AgreementToBelieve extends AgreementWanted {
  readonly anchor: Anchor
  readonly now: Instant
}

/** Keep the result's anchor. @throws TrustRefused, RefusedByServer, ServerUnreachable */
export async function fetchAgreement(wanted: AgreementToBelieve): Promise<VerifiedAgreement> {
  return (await fetchAgreementWithLog(wanted)).agreement
}

/** With the newest head of its log, which is not believed yet. `seen`: how many entries were seen of it before. */
export async function fetchAgreementWithLog(
  wanted: AgreementToBelieve & { readonly seen?: number | undefined },
): Promise<{ readonly agreement: VerifiedAgreement; readonly log: LogHead }> {
  const verify = wanted.toRead ? verifyAgreementToRead : verifyAgreement
  const { log, ...documents } = await ask(wanted, wanted.seen)
  const agreement = await verify(wanted.anchor, documents, wanted.now)
  refuseAnother(agreement.agreement, wanted)
  return { agreement, log }
}

/** The answer must be what was asked for: a true agreement in another's place is a lie too. */
export function refuseAnother(
  { id, version }: { readonly id: AgreementId; readonly version: number },
  wanted: Pick<AgreementWanted, 'id' | 'version'>,
): void {
  if (id === wanted.id && (wanted.version === undefined || version === wanted.version)) return
  throw new TrustRefused({ code: 'TRUST_AGREEMENT', saw: `agreement ${id} version ${version}` })
}
