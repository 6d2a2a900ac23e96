// What this client saw of a log, and what it keeps of it from now on (ARCHITECTURE.md#nobody-forgets). Pure: where it is
// kept is a parameter, a file of the home or a page's storage beside the key envelope.
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { KeptCopy, RefusedHead, RememberedLog } from '#domain/audit/remembered.ts'
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
  const { origin, note, at, pinned, cosigned, copy } = proved
  const kept = before?.copy ?? null
  const next: RememberedLog = {
    origin,
    head: { note, at, pinned },
    cosigned,
    copy: copy && (!kept || copy.size >= kept.size) ? copy : kept,
    refused: before?.refused ?? [],
  }
  if (!before) return next
  const former = headOf(before)
  const head = headOf(next)
  // The same head again says no more, unless its key is known now.
  const isNews = head.size > former.size || (head.size === former.size && pinned && !before.head.pinned)
  return { ...next, cosigned: Math.max(before.cosigned, cosigned), head: isNews ? next.head : before.head }
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
