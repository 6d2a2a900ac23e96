// The policy: what the signed agreement lets a person send, and to whom (ARCHITECTURE.md#the-policy). Pure and total.
// Evaluated at draft, at dispatch and at release. Each refusal names the clause of the agreement that it rests on;
// the order of the checks is the order in which people are told what to put right.
import type { Flow } from '../agreements/agreement.ts'
import type { Refusal } from '../decision.ts'
import { addDays, addSeconds } from '../time.ts'
import type { Instant } from '../values.ts'
import { refuseByAgreement } from './agreement-standing.ts'
import { mostReaders } from './bounds.ts'
import {
  isCaseworker,
  type AgreementFacts,
  type ResolvedRecipient,
  type Rostered,
  type TransferRequest,
} from './facts.ts'
import { clauseOf, filesCounted, filesFilled, filesMeasured, filesOfListedTypes } from './file-checks.ts'
import { identifierIn } from './identifiers.ts'

export type Permission = { readonly permitted: true } | { readonly permitted: false; readonly refusal: Refusal }

interface Case {
  readonly facts: AgreementFacts
  readonly request: TransferRequest
  readonly at: Instant
}

interface FlowCase extends Case {
  readonly flow: Flow
}

/**
 * Whether `request` may be made now. Refuses AGR_NOT_SIGNED, AGR_EXPIRED, AGR_REVIEW_OVERDUE, ROLE_REQUIRED,
 * FLOW_NOT_COVERED, PURPOSE_NOT_COVERED, ITEM_NOT_COVERED, MARKING_TOO_HIGH, HANDLING_REQUIRED, ROSTER_EXPIRED,
 * RECIPIENT_NOT_LISTED, TOO_MANY_RECIPIENTS, KEY_REVOKED, KEY_EXPIRED, RECORDS_REQUIRED, RECORD_LIMIT, TOO_MANY_FILES, FILE_EMPTY, FILE_TOO_BIG, FILE_TYPE, EXPIRY_TOO_LATE,
 * TRANSFER_EXPIRED, IDENTIFIER_IN_TEXT.
 */
export function decideTransfer(facts: AgreementFacts, request: TransferRequest, at: Instant): Permission {
  return decideBy(flowChecks, { facts, request, at })
}

/**
 * Whether somebody may let `recipients` join what was released: as above, whichever end of the flow they stand at.
 * `facts.sender` is who lets them join; what became of who sent it does not count.
 */
export function decideJoin(facts: AgreementFacts, request: TransferRequest, at: Instant): Permission {
  return decideBy(joinChecks, { facts, request, at })
}

function decideBy(checks: readonly Check<FlowCase>[], asked: Case): Permission {
  const { facts, request } = asked
  const flow = facts.agreement.flows.find(({ code }) => code === request.flow)
  const refusal =
    refuseByAgreement(facts, asked.at) ??
    senderIsCaseworker(asked) ??
    (flow ? firstRefusal(checks, { ...asked, flow }) : notCovered(request.flow))
  return refusal ? { permitted: false, refusal } : { permitted: true }
}

const flowChecks: readonly Check<FlowCase>[] = [
  flowBeginsAtSender,
  purposeCovered,
  itemsCovered,
  markingCovered,
  handlingStated,
  rostersCurrent,
  recipientsListed,
  readersCounted,
  keysNotRevoked,
  keysNotExpired,
  recordsStated,
  recordsCounted,
  filesCounted,
  filesFilled,
  filesMeasured,
  filesOfListedTypes,
  expiryNotTooLate,
  expiryAhead,
  noIdentifier,
]

const joinChecks = flowChecks.filter((check) => check !== flowBeginsAtSender)

type Check<C> = (asked: C) => Refusal | null

function firstRefusal<C>(checks: readonly Check<C>[], asked: C): Refusal | null {
  for (const check of checks) {
    const refusal = check(asked)
    if (refusal) return refusal
  }
  return null
}

function senderIsCaseworker({ facts: { sender } }: Case): Refusal | null {
  return sender && isCaseworker(sender) ? null : { code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } }
}

function flowBeginsAtSender({ facts, flow }: FlowCase): Refusal | null {
  return facts.sender?.organisation === flow.from
    ? null
    : { code: 'FLOW_NOT_COVERED', clause: clauseOf(flow, 'from'), detail: { flow: flow.code } }
}

function notCovered(flow: string): Refusal {
  return { code: 'FLOW_NOT_COVERED', clause: 'flows', detail: { flow } }
}

function purposeCovered({ request, flow }: FlowCase): Refusal | null {
  return (flow.purposes as readonly string[]).includes(request.purpose)
    ? null
    : { code: 'PURPOSE_NOT_COVERED', clause: clauseOf(flow, 'purposes'), detail: { purpose: request.purpose } }
}

function itemsCovered({ request, flow }: FlowCase): Refusal | null {
  const clause = clauseOf(flow, 'items')
  if (request.items.length === 0) return { code: 'ITEM_NOT_COVERED', clause }
  const outside = request.items.find((item) => !flow.items.includes(item))
  return outside === undefined ? null : { code: 'ITEM_NOT_COVERED', clause, detail: { item: outside } }
}

function markingCovered({ request: { marking }, flow }: FlowCase): Refusal | null {
  const covered = marking === 'OFFICIAL' || (marking === 'OFFICIAL-SENSITIVE' && marking === flow.maxMarking)
  return covered
    ? null
    : { code: 'MARKING_TOO_HIGH', clause: clauseOf(flow, 'maxMarking'), detail: { marking, most: flow.maxMarking } }
}

function handlingStated({ request, flow }: FlowCase): Refusal | null {
  const needed = request.marking === 'OFFICIAL-SENSITIVE' && !request.handlingInstruction?.trim()
  return needed ? { code: 'HANDLING_REQUIRED', clause: clauseOf(flow, 'handlingInstruction') } : null
}

function rostersCurrent({ facts, flow, at }: FlowCase): Refusal | null {
  for (const end of [flow.from, flow.to]) {
    const expires = facts.rosters.find(({ organisation }) => organisation === end)?.expires ?? null
    if (expires !== null && expires > at) continue
    const name = facts.agreement.parties.find(({ organisation }) => organisation === end)?.name ?? end
    return { code: 'ROSTER_EXPIRED', detail: { organisation: name, ...(expires === null ? {} : { on: expires }) } }
  }
  return null
}

function recipientsListed({ facts, flow }: FlowCase): Refusal | null {
  const clause = clauseOf(flow, 'to')
  if (facts.recipients.length === 0) return { code: 'RECIPIENT_NOT_LISTED', clause }
  const outside = facts.recipients.find((resolved) => !isListed(resolved, flow))
  if (outside === undefined) return null
  const { recipient } = outside
  const named = recipient.kind === 'team' ? recipient.team : recipient.account
  return { code: 'RECIPIENT_NOT_LISTED', clause, detail: { recipient: named } }
}

function isListed({ recipient, members }: ResolvedRecipient, flow: Flow): boolean {
  const atFlowsEnd = recipient.organisation === flow.to && members.every(({ organisation }) => organisation === flow.to)
  return atFlowsEnd && members.some(isCaseworker)
}

/** Whoever signs it or is to open it. */
function keyHolders({ sender, recipients }: AgreementFacts): readonly Rostered[] {
  return [...(sender ? [sender] : []), ...recipients.flatMap(({ members }) => members).filter(isCaseworker)]
}

function keysNotRevoked({ facts }: FlowCase): Refusal | null {
  const revoked = keyHolders(facts).find(({ keyRevokedAt }) => keyRevokedAt !== null)
  return revoked ? { code: 'KEY_REVOKED', detail: { account: revoked.account } } : null
}

/**
 * Judged as of the draft: what was chosen with a key in force may go on after it. A team is sent to through the members that
 * can open it.
 */
function keysNotExpired({ facts, request: { draftedAt } }: FlowCase): Refusal | null {
  const hasExpired = ({ keyExpiresAt }: Rostered) => keyExpiresAt !== null && keyExpiresAt <= draftedAt
  const closed = facts.recipients.map(({ members }) => members.filter(isCaseworker)).find((of) => of.every(hasExpired))
  const [expired] = [...[facts.sender].filter((one) => one !== null && hasExpired(one)), ...(closed ?? [])]
  return expired ? { code: 'KEY_EXPIRED', detail: { account: expired.account } } : null
}

/** Each of them gets a wrapped key, and the note names them all. */
function readersCounted({ facts }: FlowCase): Refusal | null {
  const people = new Set(keyHolders(facts).map(({ account }) => account)).size
  return people > mostReaders ? { code: 'TOO_MANY_RECIPIENTS', detail: { people, most: mostReaders } } : null
}

/** A bound on records means nothing where nobody says how many there are. */
export function asksForRecords({ maxRecords, approvalOver }: Pick<Flow, 'maxRecords' | 'approvalOver'>): boolean {
  return maxRecords !== undefined || approvalOver?.records !== undefined
}

function recordsStated({ request: { records }, flow }: FlowCase): Refusal | null {
  if (records !== undefined || !asksForRecords(flow)) return null
  const field = flow.maxRecords !== undefined ? 'maxRecords' : 'approvalOver'
  return { code: 'RECORDS_REQUIRED', clause: clauseOf(flow, field) }
}

function recordsCounted({ request: { records = 0 }, flow }: FlowCase): Refusal | null {
  const { maxRecords: most = Infinity } = flow
  return records > most
    ? { code: 'RECORD_LIMIT', clause: clauseOf(flow, 'maxRecords'), detail: { records, most } }
    : null
}

function expiryNotTooLate({ request, flow }: FlowCase): Refusal | null {
  const { expires, draftedAt, pausedSeconds = 0 } = request
  const { maxDays: most } = flow
  return addSeconds(expires, -pausedSeconds) > addDays(draftedAt, most)
    ? { code: 'EXPIRY_TOO_LATE', clause: clauseOf(flow, 'maxDays'), detail: { expires, most } }
    : null
}

function expiryAhead({ request: { expires }, at }: FlowCase): Refusal | null {
  return expires <= at ? { code: 'TRANSFER_EXPIRED', detail: { on: expires } } : null
}

/** A case reference is seen by the service and its mail, so it must not name anyone. */
function noIdentifier({ request: { caseReference } }: FlowCase): Refusal | null {
  const found = caseReference === null ? null : identifierIn(caseReference)
  return found ? { code: 'IDENTIFIER_IN_TEXT', detail: { identifier: found } } : null
}

export interface CollectFacts {
  /** Null when the reader stands in no current roster. */
  readonly reader: Rostered | null
  readonly expiresAt: Instant
}

/** What is released stays collectable when the agreement ends; the transfer's own clock stops it. */
export function decideCollect({ reader, expiresAt }: CollectFacts, at: Instant): Permission {
  if (!reader || !isCaseworker(reader)) {
    return { permitted: false, refusal: { code: 'ROLE_REQUIRED', detail: { role: 'caseworker' } } }
  }
  if (expiresAt <= at) return { permitted: false, refusal: { code: 'TRANSFER_EXPIRED', detail: { on: expiresAt } } }
  return { permitted: true }
}
