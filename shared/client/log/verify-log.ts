// Verifies the folder of an exported log, offline (ARCHITECTURE.md#verify-a-log): whose key signed the head, every
// tile, every entry, every opening, and what was seen of this log before. Trusts the anchor, and what this client
// remembers. Keys come from the agreement that the anchor verifies; without one the folder is still checked in itself,
// and the answer is `key not pinned`.
import type { RememberedLog } from '#domain/audit/remembered.ts'
import type { LogProblemCode } from '#domain/audit/problems.ts'
import type { Instant } from '#domain/values.ts'
import { encodeBase64 } from '#tlog/bytes.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { compareHistory, headsWithin, type SeenBefore } from './history.ts'
import { type ContentsToVerify, verifyContents } from './log-contents.ts'
import {
  countCosignatures,
  findKeys,
  type KeysToFind,
  type LogPerson,
  refuseEarlier,
  refuseSignature,
  verifierKeyOf,
} from './log-keys.ts'
import { type LogLack, lacksOf, type MissingByKind, missingByKind } from './log-lacks.ts'
import { checkpointPath, type Reader, vkeyPath } from './log-layout.ts'
import { type LogProblem, problemOf } from './log-problem.ts'

/** A checkpoint of this log that the reader held before, as a signed note; `copy` when its whole folder is at hand. */
export interface EarlierNote {
  readonly note: Uint8Array
  readonly copy: { readonly reader: Reader; readonly place: string } | null
}

export interface LogToVerify extends ContentsToVerify, KeysToFind {
  readonly earlier?: readonly EarlierNote[]
  /** What this client saw of the log before. */
  readonly remembered?: RememberedLog | null
  /** A copy that was written before; null when it is gone. */
  readonly openCopy?: (place: string) => Reader | null
  /** Just asked of the service, which has no reason to show less than it did. */
  readonly fresh?: boolean
}

export interface KeyFinding {
  /** Whether an agreement that the anchor verifies lists the key. */
  readonly pinned: boolean
  /** C2SP verifier key, for other people's programs; null when no agreement names the key that signed. */
  readonly vkey: string | null
  /** `id version` of the agreement that the key was taken from. */
  readonly agreement: string | null
  /** Whether that agreement holds today, or did when the last entry was written. */
  readonly asOf: Instant | null
  /** Why not pinned. */
  readonly reason: string | null
  /** Cosignatures that the agreement asks for, and how many of its witnesses' are there. */
  readonly quorum: number | null
  readonly cosigned: number
}

export interface LogReport {
  readonly status: 'verified' | 'not verified in full' | 'key not pinned' | 'bad'
  readonly problem: LogProblem | null
  /** Why not in full: nothing here is wrong, but something is not here. */
  readonly lacks: readonly LogLack[]
  readonly origin: string | null
  readonly size: number
  /** Base64, as in the checkpoint. */
  readonly root: string | null
  readonly key: KeyFinding
  readonly openings: OpeningsFound
  /** What this client saw of the log before; null: nothing. */
  readonly seen: SeenBefore | null
  /** Whom the account ids stand for, by the verified rosters. */
  readonly people: readonly LogPerson[]
}

/** Committed values: those that can be opened, and those that cannot. */
export interface OpeningsFound {
  readonly held: number
  /** Sessions and addresses of others' acts: the reader is not given those. */
  readonly theirs: number
  readonly missing: number
  readonly kinds: MissingByKind
}

export async function verifyExportedLog(log: LogToVerify): Promise<LogReport> {
  const { reader, sha256, remembered = null, fresh = false, openCopy = () => null } = log
  const bytes = reader.read(checkpointPath)
  if (!bytes) return unsigned('CHECKPOINT_MISSING')
  const signed = parseSignedCheckpoint(bytes)
  if (!signed) return unsigned('CHECKPOINT_MALFORMED')
  const { checkpoint: head } = signed
  const given = log.earlier ?? []
  const earlier = given.flatMap(({ note, copy }) => {
    const one = parseSignedCheckpoint(note)
    return one?.checkpoint.origin === head.origin ? [{ signed: one, copy }] : []
  })
  const history = { sha256, reader, head, remembered, openCopy, earlier, fresh }
  const contents = verifyContents(log, { head, heads: headsWithin(history) })
  const keys = await findKeys(log, { origin: head.origin, writtenAt: contents.lastAt })
  const vkey = verifierKeyOf(log, { signed, keys })
  const cosigned = countCosignatures(log, { signed, agreement: keys.agreement })
  const found =
    refuseSignature(log, { signed, keys, writtenAt: contents.lastAt }) ??
    refuseVkey(reader, vkey) ??
    (earlier.length < given.length ? problemOf('EARLIER_MALFORMED') : null) ??
    refuseEarlier(log, { heads: earlier.map((one) => one.signed), keys }) ??
    contents.problem
  const lost = found ? null : refuseCosignatures(remembered, { cosigned, quorum: keys.agreement?.quorum ?? 0 })
  const { seen, problem } = compareHistory(history, found ?? lost)
  const openings = { held: contents.held, ...missingByKind(contents.missing, keys.own) }
  const lacks = problem ? [] : lacksOf({ openings, seen, keys, cosigned, latest: contents.latest, now: log.now })
  const { pinned, agreement, asOf, reason, people } = keys
  return {
    status: problem ? 'bad' : !pinned ? 'key not pinned' : lacks.length > 0 ? 'not verified in full' : 'verified',
    problem,
    lacks,
    origin: head.origin,
    size: head.size,
    root: encodeBase64(head.root),
    key: {
      pinned,
      vkey,
      agreement: agreement && `${agreement.id} ${agreement.version}`,
      asOf,
      reason,
      quorum: agreement?.quorum ?? null,
      cosigned,
    },
    openings,
    seen,
    people,
  }
}

/** What other people's programs would go by. */
function refuseVkey(reader: Reader, vkey: string | null): LogProblem | null {
  const beside = reader.read(vkeyPath)
  const isOther = beside !== null && vkey !== null && new TextDecoder().decode(beside) !== `${vkey}\n`
  return isOther ? problemOf('VKEY_OTHER', { where: vkeyPath }) : null
}

/** Who was shown cosigned heads is not shown others: the witnesses did not see this one. */
function refuseCosignatures(
  remembered: RememberedLog | null,
  { cosigned, quorum }: { readonly cosigned: number; readonly quorum: number },
): LogProblem | null {
  const before = Math.min(remembered?.cosigned ?? 0, quorum)
  return cosigned < before ? problemOf('COSIGNATURES_LOST', { where: `${cosigned}, before ${before}` }) : null
}

function unsigned(code: LogProblemCode): LogReport {
  const key = { pinned: false, vkey: null, agreement: null, asOf: null, reason: null, quorum: null, cosigned: 0 }
  const openings = { held: 0, theirs: 0, missing: 0, kinds: {} }
  const nothing = { origin: null, size: 0, root: null, lacks: [], seen: null, people: [] }
  return { status: 'bad', problem: problemOf(code), key, openings, ...nothing }
}
