// Draft: the agreement permits or refuses a transfer before a byte is encrypted (ARCHITECTURE.md#draft).
import { type Caller, ownLog, type PersonCaller } from '../../caller.ts'
import type { Agreement } from '../../agreements/agreement.ts'
import { type AgreementState, isParty } from '../../agreements/state.ts'
import { refuseByAgreement } from '../../policy/agreement-standing.ts'
import { type ApprovalBound, amountOf, approvalFor } from '../../policy/approval-over.ts'
import { decideTransfer } from '../../policy/decide-transfer.ts'
import { type AgreementFacts, isCaseworker } from '../../policy/facts.ts'
import type { SeenFileType } from '../../file-types.ts'
import { addDays } from '../../time.ts'
import type { Refusal } from '../../decision.ts'
import type { AccountId, FileId, Instant, OrganisationId, TransferId } from '../../values.ts'
import type { Decision, NewTransfer } from '../changes.ts'
import type { Profile } from '../documents/dispatch-note.ts'
import { inAgreement } from '../entries.ts'

/** A new transfer as the caller asked for it; ids, object keys and token hashes were drawn before. */
export interface Draft
  extends Omit<NewTransfer, 'agreement' | 'createdAt' | 'expiresAt' | 'sender' | 'senderOrganisation' | 'approvalFor'> {
  /** Until it expires, from now; null: as long as the flow keeps it. */
  readonly days: number | null
  readonly fileBytes: readonly number[]
  /** As the sender's client sees them; null: it does not say. */
  readonly fileTypes: readonly (SeenFileType | null)[]
}

export interface DraftFacts {
  readonly caller: Caller
  readonly account: AccountId
  readonly organisation: OrganisationId
  /** Null when there is no such agreement. */
  readonly agreementFacts: AgreementFacts | null
  /** Somebody who would get a key, and whose program says that it does not open the profile that was asked for. */
  readonly closedTo: AccountId | null
}

export interface Drafted {
  readonly transfer: TransferId
  readonly createdAt: Instant
  readonly expires: Instant
  /** In the order of upload, the manifest last; bytes of each body. */
  readonly files: readonly { readonly id: FileId; readonly length: number }[]
}

export function decideDraft(facts: DraftFacts, draft: Draft, at: Instant): Decision<Drafted> {
  const { agreementFacts, organisation } = facts
  if (!agreementFacts || !isParty(agreementFacts.agreement, organisation)) {
    return { refusal: { code: 'NOT_FOUND' }, event: { event: 'transfer.drafted', logs: [ownLog(facts.caller)] } }
  }
  const { id, version } = agreementFacts.agreement
  const entered = { id: draft.id, agreement: { id, version, hash: agreementFacts.hash } }
  const { records, ...asked } = draft
  const flow = agreementFacts.agreement.flows.find(({ code }) => code === draft.flow)
  // Counted here, whatever clock the sender has. Of a flow that is not there nothing is kept for a day.
  const expires = addDays(at, draft.days ?? flow?.maxDays ?? 1)
  const request = { ...asked, ...(records !== null && { records }), expires, draftedAt: at }
  const permission = decideTransfer(agreementFacts, request, at)
  const refusal = permission.permitted ? closed(facts, draft) : permission.refusal
  if (refusal) {
    const { transfer: _, ...inLog } = inAgreement(entered)
    return { refusal, event: { event: 'transfer.drafted', ...inLog } }
  }
  const { fileBytes: _, fileTypes: __, days: ___, ...rest } = draft
  const transfer = {
    ...rest,
    agreement: agreementFacts.hash,
    createdAt: at,
    expiresAt: expires,
    approvalFor: approvalOfDraft(agreementFacts.agreement, draft),
    sender: facts.account,
    senderOrganisation: organisation,
  }
  return {
    next: { transfer: draft.id, createdAt: at, expires, files: draft.files.map(({ id, length }) => ({ id, length })) },
    changes: [{ kind: 'transfers.draft', transfer }],
    event: {
      event: 'transfer.drafted',
      ...inAgreement(entered),
      detail: {
        flow: draft.flow,
        purpose: draft.purpose,
        items: [...draft.items],
        marking: draft.marking,
        recipients: draft.recipients.map((recipient) =>
          recipient.kind === 'person' ? recipient.account : recipient.team,
        ),
        files: draft.files.length,
        expires,
      },
    },
    jobs: [],
  }
}

/** Whatever they would send: there must be something that they could. */
export function refuseToDraft(
  { caller: { actor }, state }: { readonly caller: PersonCaller; readonly state: AgreementState | null },
  at: Instant,
): Refusal | null {
  if (!state || !isParty(state.agreement, actor.organisation)) return { code: 'NOT_FOUND' }
  const sends = state.agreement.flows.some(({ from }) => from === actor.organisation)
  return (
    refuseByAgreement(state, at) ??
    (isCaseworker(actor) ? null : { code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } }) ??
    (sends ? null : { code: 'FLOW_NOT_COVERED', clause: 'flows' })
  )
}

/** The client chooses the profile; one that chose badly is told before anything is encrypted. */
export function refuseClosed(account: AccountId, profile: Profile): Refusal {
  return { code: 'PROFILE_CANNOT_OPEN', detail: { account, profile } }
}

function closed({ closedTo }: DraftFacts, { profile }: Draft): Refusal | null {
  return closedTo === null ? null : refuseClosed(closedTo, profile)
}

/** Of a permitted flow. */
export function approvalOfDraft(
  { flows }: Pick<Agreement, 'flows'>,
  draft: Pick<Draft, 'flow' | 'records' | 'fileBytes'>,
): ApprovalBound | null {
  const flow = flows.find(({ code }) => code === draft.flow)
  return flow ? approvalFor(flow, amountOf(draft)) : null
}
