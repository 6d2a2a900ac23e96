// The housekeeper puts a version in force when its last party has signed (ARCHITECTURE.md#agreement).
import type { Caller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import { londonDay } from '../time.ts'
import type { Instant, Sha256Hex } from '../values.ts'
import type { Decision } from './changes.ts'
import { logOf, refuseEnded } from './entries.ts'
import { type AgreementState, referenceOf } from './state.ts'

export interface ActivateFacts {
  readonly caller: Caller
  readonly state: AgreementState
  /** The hash of each party's current roster: who may act under the agreement from now on. */
  readonly rosters: readonly Sha256Hex[]
}

export interface Activated {
  readonly activated: boolean
}

/** Once; a repeated job is told so and logged, and changes nothing. */
export function decideActivate({ state, rosters }: ActivateFacts, at: Instant): Decision<Activated> {
  const agreement = referenceOf(state)
  const logs = [logOf(agreement.id)]
  if (state.activatedAt !== null) {
    const event = { event: 'request.replayed', logs, agreement, detail: { operation: 'activate-agreement' } } as const
    return { next: { activated: false }, changes: [], event, jobs: [] }
  }
  const refusal = refuseActivation(state, at)
  if (refusal) return { refusal, event: { event: 'agreement.activated', logs, agreement } }
  return {
    next: { activated: true },
    changes: [{ kind: 'agreements.activate', hash: state.hash, at }],
    event: { event: 'agreement.activated', logs, agreement, detail: { rosters: [...rosters] } },
    jobs: [],
  }
}

function refuseActivation({ agreement, unsigned }: AgreementState, at: Instant): Refusal | null {
  const [missing] = unsigned
  return missing === undefined
    ? refuseEnded(agreement, londonDay(at))
    : { code: 'AGR_NOT_SIGNED', clause: 'parties', detail: { organisation: missing, version: agreement.version } }
}
