// Giving up what was never handed over (ARCHITECTURE.md#ends): the sender says so, or nobody can upload to it any more.
// What was uploaded is destroyed by jobs, as after every end; the scan keys first.
import type { Refusal } from '../../decision.ts'
import { addSeconds } from '../../time.ts'
import type { Instant, TransferId } from '../../values.ts'
import type { Decision } from '../changes.ts'
import { type ActFacts, transferAct } from './act.ts'
import { jobsAtEnd } from './decide-end.ts'
import { inAgreement, inState, refuseParty } from '../entries.ts'
import { scanKeyLifeSeconds } from '../documents/scan-certificate.ts'
import { mayFollow } from '../states.ts'
import type { TransferFacts } from '../transfer.ts'

type Abandoned = Record<string, never>

export const decideAbandon = transferAct<'transfer.abandoned', ActFacts, { readonly transfer: TransferId }, Abandoned>({
  event: 'transfer.abandoned',
  knownTo: ({ caller, found }) => found.transfer.sender === caller.actor.account,
  refuses: ({ found }) => notToAbandon(found),
  act: ({ found }, _given, at) => abandon(found, { reason: 'sender', at }),
})

/** Without an upload yet, files are being made elsewhere for a scan certificate of a day. */
export function decideAbandonOverdue(facts: OverdueFacts, at: Instant): Decision<Abandoned> {
  const event = 'transfer.abandoned'
  const { transfer } = facts.found
  if (!isPastUploads(facts, at)) return refuseParty({ event, transfer, refusal: inState(transfer) })
  const { detail, ...done } = abandon(facts.found, { reason: 'uploads-ended', at })
  return { ...done, event: { event, ...inAgreement(transfer), detail } }
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

function notToAbandon({ transfer }: TransferFacts): Refusal | null {
  return mayFollow(transfer.state, 'abandoned') ? null : inState(transfer)
}

function abandon(found: TransferFacts, { reason, at }: { readonly reason: string; readonly at: Instant }) {
  const { id: transfer } = found.transfer
  return {
    next: {},
    changes: [
      { kind: 'transfers.enter', transfer, state: 'abandoned', at },
      { kind: 'transfers.revoke-uploads', transfer, at },
    ],
    detail: { reason },
    jobs: jobsAtEnd(found),
  } as const
}
