// What an exported log holds: tiles, entries, openings and earlier heads, each against the head's hashes (RFC 6962, C2SP
// tlog-tiles; openings: domain/audit/encode.ts). Who signed the head is not asked here.
import type { OpeningView } from '#contract/audit.ts'
import { type Commitment, type Entry, entry as entryModel } from '#domain/audit/entry.ts'
import { parseDocument } from '#domain/document.ts'
import type { Instant, OrganisationId } from '#domain/values.ts'
import { encodeBase64, type Sha256 } from '#tlog/bytes.ts'
import type { Checkpoint } from '#tlog/checkpoint.ts'
import { bundlesAt, decodeBundle, entriesPath, TILE_WIDTH, tilePath } from '#tlog/tiles.ts'
import { type LogProblem as TlogProblem, verifyEntries, verifyLog } from '#tlog/verify.ts'
import { decodeOpenings, openingsPath, type Reader } from './log-layout.ts'
import { type LogProblem, problemOf } from './log-problem.ts'

export interface ContentsToVerify {
  readonly reader: Reader
  readonly sha256: Sha256
  readonly hmacSha256: (key: Uint8Array, message: Uint8Array) => Uint8Array
  /** Called for each entry that can be read, in order; believe none from the first bad one on. */
  readonly onEntry?: (read: ReadEntry) => void
}

export interface ReadEntry {
  readonly index: number
  readonly entry: Entry
  /** What is left of the openings, by field. */
  readonly opened: ReadonlyMap<string, string>
}

/** Committed values whose opening is not there. */
export interface MissingOpenings {
  /** Path of the committed field in its entry. */
  readonly field: string
  /** Whose acts the entries are. */
  readonly organisation: OrganisationId | null
  readonly count: number
}

export interface Contents {
  readonly problem: LogProblem | null
  readonly lastAt: Instant | null
  /** The latest that any entry says, and which. */
  readonly latest: { readonly index: number; readonly at: Instant } | null
  readonly held: number
  readonly missing: readonly MissingOpenings[]
}

/** What was seen on the way through the entries, besides their hashes. */
interface Seen {
  problem: LogProblem | null
  lastAt: Instant | null
  latest: Contents['latest']
  held: number
  readonly missing: Map<string, MissingOpenings>
}

/** Everything but who signed: the head's hashes from the entries, each entry, each opening, heads held earlier. */
export function verifyContents(
  log: ContentsToVerify,
  { head, heads }: { readonly head: Checkpoint; readonly heads: readonly Checkpoint[] },
): Contents {
  const seen: Seen = { problem: null, lastAt: null, latest: null, held: 0, missing: new Map() }
  const verdict = verifyLog(log.sha256, {
    head,
    earlier: heads,
    entries: readEntries(log, { head, seen }),
    readTile: (tile) => log.reader.read(tilePath(tile)) ?? undefined,
  })
  const found = verdict.code === 'VERIFIED' ? null : fromTlog(cutOff(log, { head, verdict }))
  return { ...seen, missing: [...seen.missing.values()], problem: firstOf(found, seen.problem) }
}

/** What an export that broke off lacks are entries, not the tiles that would have been made of them. */
function cutOff(
  log: ContentsToVerify,
  { head, verdict }: { readonly head: Checkpoint; readonly verdict: TlogProblem },
): TlogProblem {
  if (verdict.code !== 'TILE_MISSING') return verdict
  const seen: Seen = { problem: null, lastAt: null, latest: null, held: 0, missing: new Map() }
  const entries = verifyEntries(log.sha256, { head, entries: readEntries(log, { head, seen }) })
  return entries.code === 'ENTRY_MISSING' ? entries : verdict
}

/** The one at the lower entry; a hash that does not match tells more than what could not be read because of it. */
function firstOf(found: LogProblem | null, seen: LogProblem | null): LogProblem | null {
  if (!found || !seen) return found ?? seen
  if (found.code === 'ENTRY_MISSING' && seen.code === 'BUNDLE_MALFORMED') return seen
  return seen.index !== null && found.index !== null && seen.index < found.index ? seen : found
}

function fromTlog(problem: TlogProblem): LogProblem {
  if ('index' in problem) return problemOf(problem.code, { index: problem.index })
  if ('tile' in problem) return problemOf(problem.code, { where: tilePath(problem.tile) })
  return problemOf(problem.code, { where: `size ${problem.size}` })
}

/** The entries as the bundles have them, noting the first that cannot be read or opened as it should. */
function* readEntries(
  log: ContentsToVerify,
  { head, seen }: { readonly head: Checkpoint; readonly seen: Seen },
): Generator<Uint8Array> {
  const openings = openingsByEntry(log.reader.read(openingsPath) ?? new Uint8Array())
  const inspect = (index: number, bytes: Uint8Array) => {
    const problem = inspectEntry(log, { origin: head.origin, index, bytes, opened: openings(index), seen })
    seen.problem ??= problem
  }
  for (const { index: bundle, width } of bundlesAt(head.size)) {
    const path = entriesPath({ index: bundle, width })
    const bytes = log.reader.read(path)
    if (!bytes) return
    const whole = decodeBundle(bytes, width)
    const entries = whole ?? readableBundle(bytes, width)
    for (const [offset, entry] of entries.entries()) {
      inspect(bundle * TILE_WIDTH + offset, entry)
      yield entry
    }
    if (whole) continue
    seen.problem ??= problemOf('BUNDLE_MALFORMED', { index: bundle * TILE_WIDTH + entries.length, where: path })
    return
  }
  const left = openings(Number.MAX_SAFE_INTEGER)
  if (left.length > 0) seen.problem ??= problemOf('OPENING_MALFORMED', { where: `${left.length} lines too many` })
}

/** The entries of a damaged bundle as far as its lengths lead, so that the first bad one can be named. */
function readableBundle(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 0; entries.length < width; ) {
    const end = at + 2 + ((bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0))
    if (at + 2 > bytes.length || end > bytes.length) break
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

/** Lines come in the order of entries, so one pass is enough; each answer takes the lines up to that entry. */
function openingsByEntry(bytes: Uint8Array): (index: number) => readonly (OpeningView | undefined)[] {
  const lines = decodeOpenings(bytes)
  let next = lines.next()
  return (index) => {
    const taken: (OpeningView | undefined)[] = []
    while (!next.done && (next.value === undefined || next.value.index <= index)) {
      taken.push(next.value)
      next = lines.next()
    }
    return taken
  }
}

interface EntryToInspect {
  readonly origin: string
  readonly index: number
  readonly bytes: Uint8Array
  readonly opened: readonly (OpeningView | undefined)[]
  readonly seen: Seen
}

function inspectEntry(
  log: ContentsToVerify,
  { origin, index, bytes, opened, seen }: EntryToInspect,
): LogProblem | null {
  const parsed = parseDocument(entryModel, bytes)
  if (!parsed.ok) return problemOf('ENTRY_UNREADABLE', { index, where: parsed.reason })
  const { value: entry } = parsed
  if (entry.log !== origin) return problemOf('ENTRY_OF_OTHER_LOG', { index, where: entry.log })
  const commitments = commitmentsOf(entry)
  const values = new Map<string, string>()
  let problem: LogProblem | null = null
  for (const opening of opened) {
    const commitment = opening?.index === index ? commitments.get(opening.field) : undefined
    if (!opening || !commitment || values.has(opening.field)) problem ??= problemOf('OPENING_MALFORMED', { index })
    else if (opens(log, opening, commitment)) values.set(opening.field, opening.value)
    else problem ??= problemOf('OPENING_MISMATCH', { index, where: opening.field })
  }
  seen.lastAt = entry.at
  seen.held += values.size
  if (seen.latest === null || entry.at > seen.latest.at) seen.latest = { index, at: entry.at }
  for (const field of commitments.keys()) {
    if (!values.has(field)) countMissing(seen, { field, organisation: entry.actor.organisation })
  }
  log.onEntry?.({ index, entry, opened: values })
  return problem
}

function countMissing(seen: Seen, of: Omit<MissingOpenings, 'count'>): void {
  const key = `${of.organisation} ${of.field}`
  seen.missing.set(key, { ...of, count: (seen.missing.get(key)?.count ?? 0) + 1 })
}

/** The committed fields of an entry, by their path in it (domain/audit/encode.ts). */
function commitmentsOf({ actor, source, detail }: Entry): ReadonlyMap<string, Commitment> {
  const fields: [string, unknown][] = [
    ['actor.account', actor.account],
    ['source.session', source.session],
    ['source.address', source.address],
    ...Object.entries(detail).map(([key, value]): [string, unknown] => [`detail.${key}`, value]),
  ]
  return new Map(fields.filter((field): field is [string, Commitment] => isCommitment(field[1])))
}

function isCommitment(value: unknown): value is Commitment {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function opens(log: ContentsToVerify, { salt, value }: OpeningView, { c }: Commitment): boolean {
  return encodeBase64(log.hmacSha256(Uint8Array.fromBase64(salt), new TextEncoder().encode(value))) === c
}
