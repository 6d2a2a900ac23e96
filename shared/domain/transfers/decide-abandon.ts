// Giving up what was never handed over (ARCHITECTURE.md#ends): the sender says so, or nobody can upload to it any more.
// What was uploaded is destroyed by jobs, as after every end; the scan keys first.
import type { PersonCaller } from '../caller.ts'
import type { Decision } from '../decision.ts'
import { addSeconds } from '../time.ts'
import type { Instant, TransferId } from '../values.ts'
import { jobsAtEnd } from './decide-end.ts'
import { inAgreement, refuseParty, refuseStranger } from './entries.ts'
import { scanKeyLifeSeconds } from './scan-certificate.ts'
import { mayFollow } from './states.ts'
import type { TransferFacts } from './transfer.ts'

type Abandoned = Record<string, never>

export function decideAbandon(
  { caller, found }: { readonly caller: PersonCaller; readonly found: TransferFacts | undefined },
  id: TransferId,
  at: Instant,
): Decision<Abandoned> {
  const event = 'transfer.abandoned'
  if (!found || found.transfer.sender !== caller.actor.account) return refuseStranger({ event, caller, transfer: id })
  return abandon(found, { reason: 'sender', at })
}

/** Without an upload yet, files are being made elsewhere for a scan certificate of a day. */
export function decideAbandonOverdue(facts: OverdueFacts, at: Instant): Decision<Abandoned> {
  if (isPastUploads(facts, at)) return abandon(facts.found, { reason: 'uploads-ended', at })
  return refuseState(facts.found)
}

export interface OverdueFacts {
  readonly found: TransferFacts
  /** When the last of its upload tokens ends; null while there is none. */
  readonly uploadsEnd: Instant | null
}

/** A sender who has uploaded everything and signs next has as long again. */
export function isPastUploads({ found: { transfer }, uploadsEnd }: OverdueFacts, at: Instant): boolean {
  const end = uploadsEnd ?? addSeconds(transfer.createdAt, scanKeyLifeSeconds)
  return mayFollow(transfer.state, 'abandoned') && addSeconds(end, graceSeconds) <= at
}

/** So long after the last token nothing has been handed over, and nothing will be. */
export const graceSeconds = 24 * 60 * 60

function abandon(found: TransferFacts, { reason, at }: { readonly reason: string; readonly at: Instant }) {
  const { transfer } = found
  if (!mayFollow(transfer.state, 'abandoned')) return refuseState(found)
  return {
    next: {},
    changes: [
      { kind: 'transfers.enter', transfer: transfer.id, state: 'abandoned', at },
      { kind: 'transfers.revoke-uploads', transfer: transfer.id, at },
    ],
    event: { event: 'transfer.abandoned', ...inAgreement(transfer), detail: { reason } },
    jobs: jobsAtEnd(found),
  } satisfies Decision<Abandoned>
}

function refuseState({ transfer }: TransferFacts) {
  const refusal = { code: 'TRANSFER_STATE', detail: { state: transfer.state } } as const
  return refuseParty({ event: 'transfer.abandoned', transfer, refusal })
}
