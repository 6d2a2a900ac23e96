// A head of a log that came by without its entries: it follows what this client saw before only by a proof
// (RFC 6962 section 2.1.2). So everybody who works under an agreement is a witness of its log (ARCHITECTURE.md#nobody-forgets).
import type { LogHead } from '#contract/audit.ts'
import type { Agreement } from '#domain/agreements/agreement.ts'
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { LogProblemCode } from '#domain/audit/problems.ts'
import type { RememberedLog } from '#domain/audit/remembered.ts'
import type { Instant } from '#domain/values.ts'
import { decodeBase64, type Sha256 } from '#tlog/bytes.ts'
import { type Checkpoint, parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { verifyConsistency } from '#tlog/merkle.ts'
import { countCosignatures, isSignedUnder, type KeysToFind } from './log-keys.ts'
import { compareHeads, headOf, rememberHead, rememberRefused, standsStill } from './memory.ts'

export interface HeadShown extends Pick<KeysToFind, 'sha256' | 'verifyEd25519' | 'now'> {
  readonly origin: LogOrigin
  readonly shown: LogHead
  /** Verified under the anchor: its log keys are believed. */
  readonly agreement: Agreement
}

/** `remembered`: to be kept in either case; what was refused is kept as evidence. */
export type Followed =
  | { readonly ok: true; readonly remembered: RememberedLog | null }
  | {
      readonly ok: false
      readonly remembered: RememberedLog | null
      readonly code: LogProblemCode
      readonly saw: string
    }

/** Whether the head that is shown contains what is remembered of the log. */
export function followHead(log: HeadShown, before: RememberedLog | null): Followed {
  const { origin, shown, agreement, now } = log
  const note = shown.checkpoint
  const refuse = (code: LogProblemCode, what: string): Followed => ({
    ok: false,
    remembered: before && rememberRefused(before, { note, at: now, code, place: null }),
    code,
    saw: before ? `${what}; before: ${describeSeen(before)}` : what,
  })
  if (note === null) return before ? refuse('CHECKPOINT_MISSING', 'no log at all') : { ok: true, remembered: null }
  const signed = parseSignedCheckpoint(new TextEncoder().encode(note))
  if (signed?.checkpoint.origin !== origin) return refuse('CHECKPOINT_MALFORMED', `no checkpoint of ${origin}`)
  if (!isSignedUnder(log, { signed, agreement })) return refuse('CHECKPOINT_SIGNATURE', 'a checkpoint of another key')
  const head = signed.checkpoint
  const what = `${head.size} entries, root ${new Uint8Array(head.root).toHex()}`
  const cosigned = countCosignatures(log, { signed, agreement })
  const broken = before && breaks(log, { before, head })
  if (broken)
    return refuse(broken, broken === 'HISTORY_STANDS' ? `${what}, as ${before.head.asked} and not one more` : what)
  if (cosigned < Math.min(before?.cosigned ?? 0, agreement.quorum)) return refuse('COSIGNATURES_LOST', what)
  const proved = { origin, note, at: now, pinned: true, fresh: true, cosigned, copy: null }
  return { ok: true, remembered: rememberHead(before, proved) }
}

/** What is said of a log that was seen here, and that the service says is not there. */
export function refuseVanished(before: RememberedLog, now: Instant) {
  const refused = { note: null, at: now, code: 'CHECKPOINT_MISSING', place: null }
  return { now: rememberRefused(before, refused), saw: `no such log; before: ${describeSeen(before)}` }
}

/** When, how much, and where the copy of it is. */
export function describeSeen(before: RememberedLog): string {
  const { size, root } = headOf(before)
  const copy = before.copy ? `, a copy in ${before.copy.place}` : ''
  return `${size} entries on ${before.head.at}, root ${new Uint8Array(root).toHex()}${copy}`
}

interface Compared {
  readonly before: RememberedLog
  readonly head: Checkpoint
}

function breaks(log: HeadShown, { before, head }: Compared): LogProblemCode | null {
  const seen = headOf(before)
  const found = compareHeads(seen, head)
  if (found === 'same') return standsStill(before, log.now) ? 'HISTORY_STANDS' : null
  if (found !== 'longer') return found
  return follows(log.sha256, { seen, head, proof: log.shown.consistency }) ? null : 'HISTORY_REWRITTEN'
}

/** Whether a head contains what was seen, by the proof. `proof`: base64, as it travels. */
export function follows(
  sha256: Sha256,
  { seen, head, proof }: { readonly seen: Checkpoint; readonly head: Checkpoint; readonly proof: readonly string[] },
): boolean {
  const found = compareHeads(seen, head)
  if (found !== 'longer') return found === 'same'
  const hashes = proof.map(decodeBase64)
  if (!hashes.every((hash) => hash !== undefined)) return false
  const claim = { oldSize: seen.size, oldRoot: seen.root, newSize: head.size, newRoot: head.root, proof: hashes }
  return verifyConsistency(sha256, claim)
}
