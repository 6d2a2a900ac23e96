// A log against what was seen of it before: by this client, and by whoever gave an earlier checkpoint. What was seen must
// be the log's beginning; that, and no signature, shows a history that was cut, rolled back or written again.
import type { LogProblemCode } from '#domain/audit/problems.ts'
import type { RememberedLog } from '#domain/audit/remembered.ts'
import type { Instant } from '#domain/values.ts'
import { decodeBase64, encodeBase64, type Sha256 } from '#tlog/bytes.ts'
import type { Checkpoint, SignedCheckpoint } from '#tlog/checkpoint.ts'
import { compareCopies, type EarlierCopy } from './copies.ts'
import type { Reader } from './log-layout.ts'
import { type LogProblem, problemOf } from './log-problem.ts'
import { headOf } from './memory.ts'

/** A checkpoint that somebody held before; its copy when the whole folder is at hand. */
export interface EarlierHead {
  readonly signed: SignedCheckpoint
  readonly copy: { readonly reader: Reader; readonly place: string } | null
}

/** What this client saw before, and how the log that it is shown now stands to it. */
export interface SeenBefore {
  readonly size: number
  readonly root: string
  readonly at: Instant
  /** Where the earlier copy is; null: none was written. */
  readonly place: string | null
  readonly copy: 'none' | 'there' | 'gone' | 'changed'
  /** `not compared`: the log that is shown is bad in itself. */
  readonly now: 'the same' | 'longer' | 'older' | 'another' | 'not compared'
}

export interface HistoryToCompare {
  readonly sha256: Sha256
  readonly reader: Reader
  readonly head: Checkpoint
  readonly remembered: RememberedLog | null
  readonly openCopy: (place: string) => Reader | null
  readonly earlier: readonly EarlierHead[]
  /** Just asked of the service, which has no reason to show less than it did; or refused when it was. */
  readonly fresh: boolean
}

export interface History {
  readonly seen: SeenBefore | null
  readonly problem: LogProblem | null
}

/** `found`: what verifying the contents against the heads that are not longer than the log found. */
export function compareHistory(log: HistoryToCompare, found: LogProblem | null): History {
  const before = log.remembered && headOf(log.remembered)
  const isShorter = before !== null && log.head.size < before.size
  const looks = (isShorter && !found) || isUnnamed(found)
  const kept = openKept(log, looks)
  const problem = found ? nameEntry(log, { found, kept }) : isShorter ? refuseShorter(log, { before, kept }) : null
  if (!log.remembered || !before) return { seen: null, problem }
  const { at } = log.remembered.head
  const now = problem ? saidBy(problem) : isShorter ? 'older' : log.head.size === before.size ? 'the same' : 'longer'
  const place = log.remembered.copy?.place ?? null
  return {
    seen: { size: before.size, root: encodeBase64(before.root), at, place, copy: kept?.state ?? 'none', now },
    problem,
  }
}

interface Whole extends EarlierCopy {
  readonly place: string
}

interface Kept {
  readonly state: 'there' | 'gone' | 'changed'
  /** Null unless it was looked at, and is what it was. */
  readonly whole: Whole | null
  /** The first entry in which it differs from the log; null when the shorter is the beginning of the longer. */
  readonly differs: number | null
}

/** Reading a copy takes as long as reading the log: only when it has something to tell. */
function openKept({ sha256, reader, head, remembered, openCopy }: HistoryToCompare, looks: boolean): Kept | null {
  const copy = remembered?.copy
  const root = copy && decodeBase64(copy.root)
  if (!copy || !root) return null
  const opened = openCopy(copy.place)
  if (!opened || !looks) return { state: opened ? 'there' : 'gone', whole: null, differs: null }
  const whole = { reader: opened, size: copy.size, root, place: copy.place }
  const compared = compareCopies(sha256, { now: { reader, size: head.size }, earlier: whole })
  return compared
    ? { state: 'there', whole, differs: compared.index }
    : { state: 'changed', whole: null, differs: null }
}

/** A log that is shorter than what was seen. An older export is no lie, where the later copy shows that it is its beginning. */
function refuseShorter(
  { head, fresh }: HistoryToCompare,
  { before, kept }: { readonly before: Checkpoint; readonly kept: Kept | null },
): LogProblem | null {
  if (kept?.whole && kept.differs !== null) {
    return problemOf('HISTORY_REWRITTEN', { index: kept.differs, where: `otherwise in ${kept.whole.place}` })
  }
  const isItsBeginning = kept?.whole && kept.whole.size >= head.size
  return isItsBeginning && !fresh ? null : problemOf('HISTORY_SHORTER', { where: `size ${before.size}` })
}

const ofHistory: readonly LogProblemCode[] = ['ROOT_MISMATCH', 'HISTORY_REWRITTEN', 'HISTORY_SHORTER']

function saidBy({ code }: LogProblem): SeenBefore['now'] {
  const isAnother = code === 'COSIGNATURES_LOST' || (code !== 'ROOT_MISMATCH' && ofHistory.includes(code))
  return isAnother ? 'another' : 'not compared'
}

function isUnnamed(found: LogProblem | null): boolean {
  return found?.index === null && ofHistory.includes(found.code)
}

/** Names the first entry that differs, where a copy from before tells. */
function nameEntry(
  { sha256, reader, head, earlier }: HistoryToCompare,
  { found, kept }: { readonly found: LogProblem; readonly kept: Kept | null },
): LogProblem {
  if (!isUnnamed(found)) return found
  const named = (index: number, place: string) => ({ ...found, index, where: `otherwise in ${place}` })
  if (kept?.whole && kept.differs !== null) return named(kept.differs, kept.whole.place)
  for (const { signed, copy } of earlier) {
    if (!copy) continue
    const compared = compareCopies(sha256, {
      now: { reader, size: head.size },
      earlier: { ...copy, ...signed.checkpoint },
    })
    if (typeof compared?.index === 'number') return named(compared.index, copy.place)
  }
  return found
}

/** Heads that the log must begin with, and that are not longer than it. */
export function headsWithin(log: Pick<HistoryToCompare, 'head' | 'remembered' | 'earlier'>): readonly Checkpoint[] {
  const remembered = log.remembered ? [headOf(log.remembered)] : []
  return [
    ...remembered.filter(({ size }) => size <= log.head.size),
    ...log.earlier.map(({ signed }) => signed.checkpoint),
  ]
}
