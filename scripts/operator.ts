// One act of the operator at the machine itself, through commit like everything else, so that a log says who did it.
import type { Refusal } from '#domain/decision.ts'
import type { CorrelationId, Instant, Origin } from '#domain/values.ts'
import { systemClock } from '#platform/clock.ts'
import { randomId } from '#platform/crypto.ts'
import { createCommit } from '#store/commit.ts'
import { openDatabase, type Tx } from '#store/database.ts'
import type { Decided } from '#store/writers.ts'
import { describeRefusal } from '#words/en/refusals.ts'

export interface OperatorAct<Facts, Next> {
  /** postgres:// of safehand_migrations, or of a login that may do as much. */
  readonly url: string
  readonly installation: Origin
  readonly load: (tx: Tx) => Promise<Facts>
  readonly decide: (facts: Facts, at: Instant) => Decided<Next>
}

/** Throws when it was refused. */
export async function actAsOperator<Facts, Next>({ url, installation, load, decide }: OperatorAct<Facts, Next>) {
  const opened = openDatabase(url, { connections: 1 })
  try {
    const commit = createCommit({ database: opened.database, installation, now: () => systemClock.now() as Instant })
    const caller = {
      actor: { kind: 'operator' },
      client: 'operator',
      session: null,
      address: null,
      correlation: randomId() as CorrelationId,
    } as const
    const outcome = await commit({ caller, load, decide })
    if (!outcome.ok) throw new Error(wordsOf(outcome.refusal))
    return outcome.next
  } finally {
    await opened.close()
  }
}

function wordsOf(refusal: Refusal): string {
  const { title, action } = describeRefusal(refusal)
  return `${refusal.code}: ${title}. ${action}`
}
