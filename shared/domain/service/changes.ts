// What a restore changes; one writer for each kind in store/restore.ts.
import type { Decision as DecisionOf } from '../decision.ts'
import type { Replayed } from './replay.ts'
import type { OrganisationId } from '../values.ts'

export type ServiceChange =
  /** Nothing is done any more; nobody is signed in, no token holds, no upload goes on. */
  | { readonly kind: 'service.close' }
  | {
      readonly kind: 'service.open'
      readonly replayed: Replayed
      /** Their rosters count as expired until their administrators register the next. */
      readonly expired: readonly OrganisationId[]
    }

export type Decision<Next> = DecisionOf<Next, ServiceChange>
