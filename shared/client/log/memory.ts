// What this client saw of a log, and what it keeps of it from now on (ARCHITECTURE.md#nobody-forgets). Pure: where it is
// kept is a parameter, a file of the home or a page's storage beside the key envelope.
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { KeptCopy, RefusedHead, RememberedLog } from '#domain/audit/remembered.ts'
import { addSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { equal } from '#tlog/bytes.ts'
import { type Checkpoint, parseSignedCheckpoint } from '#tlog/checkpoint.ts'

export interface LogMemory {
  /** Null: nothing of this log was ever seen here. Throws when what was kept cannot be read: that is not nothing. */
  recall(origin: LogOrigin): Promise<RememberedLog | null>
  /** In one step. False when somebody kept something else since `before` was recalled: compare again with that. */
  keep(change: { readonly before: RememberedLog | null; readonly now: RememberedLog }): Promise<boolean>
}

/** A head that was shown, and belongs to a log that contains all that was seen before. */
export interface ProvedHead {
  readonly origin: LogOrigin
  readonly note: string
  readonly at: Instant
  readonly pinned: boolean
  /** Shown by the service itself, on asking. */
  readonly fresh: boolean
  readonly cosigned: number
  /** Where the whole log was written with it; null: only the head came by. */
  readonly copy: KeptCopy | null
}

export function headOf({ origin, head }: RememberedLog): Checkpoint {
  const signed = parseSignedCheckpoint(new TextEncoder().encode(head.note))
  if (signed?.checkpoint.origin !== origin) throw new Error(`what is kept of ${origin} is no checkpoint of it`)
  return signed.checkpoint
}

/** What is kept after a head that contains `before`. A copy gives way to a longer one only. */
export function rememberHead(before: RememberedLog | null, proved: ProvedHead): RememberedLog {
  const { origin, note, at, pinned, fresh, cosigned, copy } = proved
  const kept = before?.copy ?? null
  const next: RememberedLog = {
    origin,
    head: { note, at, pinned, asked: fresh ? at : null },
    cosigned,
    copy: copy && (!kept || copy.size >= kept.size) ? copy : kept,
    refused: before?.refused ?? [],
  }
  if (!before) return next
  return { ...next, cosigned: Math.max(before.cosigned, cosigned), head: newerHead(before, next) }
}

/** The same head again says no more than whose key it is, and since when something of this client's own must follow it. */
function newerHead(before: RememberedLog, next: RememberedLog): RememberedLog['head'] {
  const [former, now] = [headOf(before), headOf(next)]
  if (now.size !== former.size) return now.size > former.size ? next.head : before.head
  const kept = before.head.pinned || !next.head.pinned ? before.head : next.head
  return { ...kept, at: before.head.at, asked: before.head.asked ?? next.head.asked }
}

/** A service that answers lets no entry wait for more than a minute, and clocks differ by five at most. */
const standsStillSeconds = 6 * 60

/** Whether the service shows the head of long ago to one whose own questions must stand behind it. */
export function standsStill(before: RememberedLog, now: Instant): boolean {
  const { asked } = before.head
  return asked !== null && now > addSeconds(asked, standsStillSeconds)
}

/** Evidence stays: what was shown instead of the log that is remembered. The same lie twice is kept once. */
export function rememberRefused(before: RememberedLog, refused: RefusedHead): RememberedLog {
  const known = before.refused.some(({ note, code }) => note === refused.note && code === refused.code)
  return known ? before : { ...before, refused: [...before.refused, refused].slice(-100) }
}

/** Whether a head can follow what is remembered: `longer` needs a proof, and the other two are none. */
export function compareHeads(
  before: Checkpoint,
  head: Checkpoint,
): 'same' | 'longer' | 'HISTORY_SHORTER' | 'HISTORY_REWRITTEN' {
  if (head.size > before.size) return 'longer'
  if (head.size < before.size) return 'HISTORY_SHORTER'
  return equal(head.root, before.root) ? 'same' : 'HISTORY_REWRITTEN'
}
