// What a person asks to send, in their own words, looked up in a verified agreement and the signed rosters under it: found,
// or said with what could be meant.
import { type Flow, type PurposeCode, purposeCode } from '#domain/agreements/agreement.ts'
import { isCaseworker } from '#domain/policy/facts.ts'
import type { RequestInWords, Unknown } from '#domain/transfers/request-in-words.ts'
import type { NamedRecipient } from '../trust/named-recipient.ts'
import type { VerifiedAgreement } from '../trust/verify-agreement.ts'
import type { SendRequest } from './sending.ts'

export type LookedUp =
  | { readonly ok: true; readonly flow: Flow; readonly request: Omit<SendRequest, 'files'> }
  | { readonly ok: false; readonly unknown: readonly [Unknown, ...Unknown[]] }

/** Throws TrustRefused, as `resolveRecipient` does. */
export function lookUpRequest(agreement: VerifiedAgreement, asked: RequestInWords): LookedUp {
  const flow = findFlow(agreement, asked.flow)
  const purpose = findPurpose(agreement, asked.purpose)
  const to = isUnknown(flow) ? [] : asked.to.map((text) => findRecipient(agreement, flow, text))
  const unknownTo = to.filter(isUnknown)
  if (isUnknown(flow)) return { ok: false, unknown: isUnknown(purpose) ? [flow, purpose] : [flow] }
  if (isUnknown(purpose)) return { ok: false, unknown: [purpose, ...unknownTo] }
  const [first, ...others] = unknownTo
  if (first) return { ok: false, unknown: [first, ...others] }
  const request = {
    ...termsOf(asked, { flow, purpose }),
    records: asked.records,
    days: asked.days ?? flow.maxDays,
    recipients: distinct(to.filter((one) => 'recipient' in one)),
  }
  return { ok: true, flow, request }
}

export function isUnknown(found: object | string): found is Unknown {
  return typeof found === 'object' && 'unknown' in found
}

export function findFlow({ agreement: { flows } }: VerifiedAgreement, saw: string): Flow | Unknown {
  const known = flows.map(({ code }) => code)
  return flows.find(({ code }) => code === saw) ?? { unknown: 'FLOW_UNKNOWN', saw, known }
}

export function findPurpose({ agreement }: VerifiedAgreement, saw: string): PurposeCode | Unknown {
  const parsed = purposeCode.safeParse(saw)
  return parsed.success ? parsed.data : { unknown: 'PURPOSE_UNKNOWN', saw, known: agreement.purpose.codes }
}

/** Throws TrustRefused, as `resolveRecipient` does. */
export function findRecipient(agreement: VerifiedAgreement, { to }: Flow, saw: string): NamedRecipient | Unknown {
  const found = agreement.resolveRecipient(saw, to)
  if (found && found.members.length > 0) return found
  if (found) return { unknown: 'KEY_EXPIRED', saw, ended: found.leftOut }
  const organisation = agreement.partyOf(to)?.name ?? to
  return { unknown: 'RECIPIENT_UNKNOWN', saw, organisation, known: agreement.people(to).filter(isCaseworker) }
}

/** Who was named twice is sent to once. */
export function distinct(recipients: readonly NamedRecipient[]): readonly NamedRecipient[] {
  return [...new Map(recipients.map((one) => [JSON.stringify(one.recipient), one])).values()]
}

type Terms = Pick<RequestInWords, 'items' | 'marking' | 'handling' | 'caseReference'>

/** What was agreed for all files alike. A list knows its rows again by it: neither names nor their order may change. */
export function termsOf(
  { items, marking, handling, caseReference }: Terms,
  { flow, purpose }: { readonly flow: Flow; readonly purpose: PurposeCode },
) {
  return {
    flow: flow.code,
    purpose,
    items,
    marking,
    handlingInstruction: handling ?? flow.handlingInstruction,
    caseReference,
  }
}
