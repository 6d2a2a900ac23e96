// Verifies the folder of an exported log, offline (ARCHITECTURE.md#verify-a-log): whose key signed the head, every
// tile, every entry, every opening, and heads held from earlier. Trusts the anchor alone. Keys come from the agreement
// that the anchor verifies; without one the folder is still checked in itself, and the answer is `key not pinned`.
import type { LogProblemCode } from '#domain/audit/problems.ts'
import type { Instant } from '#domain/values.ts'
import { encodeBase64 } from '#tlog/bytes.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { type ContentsToVerify, verifyContents } from './log-contents.ts'
import { findKeys, type KeysToFind, type LogPerson, refuseEarlier, refuseSignature } from './log-keys.ts'
import { checkpointPath } from './log-layout.ts'
import { type LogProblem, problemOf } from './log-problem.ts'

export interface LogToVerify extends ContentsToVerify, KeysToFind {
  /** Checkpoints of this log that the reader held before, as signed notes. */
  readonly earlier?: readonly Uint8Array[]
}

export interface KeyFinding {
  /** Whether an agreement that the anchor verifies lists the key. */
  readonly pinned: boolean
  /** `id version` of the agreement that the key was taken from. */
  readonly agreement: string | null
  /** Whether that agreement holds today, or did when the last entry was written. */
  readonly asOf: Instant | null
  /** Why not pinned. */
  readonly reason: string | null
  /** Cosignatures that the agreement asks for. */
  readonly quorum: number | null
}

export interface LogReport {
  readonly status: 'verified' | 'key not pinned' | 'bad'
  readonly problem: LogProblem | null
  readonly origin: string | null
  readonly size: number
  /** Base64, as in the checkpoint. */
  readonly root: string | null
  readonly key: KeyFinding
  /** Committed values: those that can be opened, and those whose opening is not there. */
  readonly openings: { readonly held: number; readonly erased: number }
  /** Whom the account ids stand for, by the verified rosters. */
  readonly people: readonly LogPerson[]
}

export async function verifyExportedLog(log: LogToVerify): Promise<LogReport> {
  const bytes = log.reader.read(checkpointPath)
  if (!bytes) return unsigned('CHECKPOINT_MISSING')
  const signed = parseSignedCheckpoint(bytes)
  if (!signed) return unsigned('CHECKPOINT_MALFORMED')
  const { origin, size, root } = signed.checkpoint
  const earlier = (log.earlier ?? []).map(parseSignedCheckpoint)
  const heads = earlier.flatMap((one) => (one?.checkpoint.origin === origin ? [one] : []))
  const contents = verifyContents(log, { head: signed.checkpoint, heads: heads.map((one) => one.checkpoint) })
  const keys = await findKeys(log, { origin, writtenAt: contents.lastAt })
  const problem =
    refuseSignature(log, { signed, keys, writtenAt: contents.lastAt }) ??
    (heads.length < earlier.length ? problemOf('EARLIER_MALFORMED') : null) ??
    refuseEarlier(log, { heads, keys }) ??
    contents.problem
  const { pinned, agreement, asOf, reason, people } = keys
  return {
    status: problem ? 'bad' : pinned ? 'verified' : 'key not pinned',
    problem,
    origin,
    size,
    root: encodeBase64(root),
    key: {
      pinned,
      agreement: agreement && `${agreement.id} ${agreement.version}`,
      asOf,
      reason,
      quorum: agreement?.quorum ?? null,
    },
    openings: { held: contents.held, erased: contents.erased },
    people,
  }
}

function unsigned(code: LogProblemCode): LogReport {
  const key = { pinned: false, agreement: null, asOf: null, reason: null, quorum: null }
  const openings = { held: 0, erased: 0 }
  return { status: 'bad', problem: problemOf(code), origin: null, size: 0, root: null, key, openings, people: [] }
}
