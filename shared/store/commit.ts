// The only way to write (ARCHITECTURE.md#decision): facts, decision, changes, audit entries, outbox and idempotent
// reply in one transaction. A refusal is written too. If its entry cannot be written, nothing happens and nobody is
// told otherwise.
import { createHmac, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { type EntryFacts, encodeEntry } from '#domain/audit/encode.ts'
import { type Caller, ownLog } from '#domain/caller.ts'
import type { AuditEvent, Refusal, Refused } from '#domain/decision.ts'
import { isOfTheCaller } from '#domain/refusals.ts'
import type { Bytes, Instant, Origin } from '#domain/values.ts'
import { sha256 } from '#platform/crypto.ts'
import { agreementWriters } from './agreements.ts'
import { certificateWriters } from './certificates.ts'
import type { Database, Tx } from './database.ts'
import { identityWriters } from './identity.ts'
import { organisationWriters } from './organisations.ts'
import { resetWriters } from './resets.ts'
import { serviceWriters } from './restore.ts'
import { transferWriters } from './transfers/writers.ts'
import { announce, webhookWriters } from './webhooks.ts'
import type { Change, Decided, Writers } from './writers.ts'

/** The entry could not be written, so nothing else was. Answered with 503 AUDIT_UNAVAILABLE. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable'
}

const writers: { readonly [K in Change['kind']]: (tx: Tx, change: never) => Promise<void> } = {
  ...identityWriters,
  ...resetWriters,
  ...organisationWriters,
  ...certificateWriters,
  ...agreementWriters,
  ...transferWriters,
  ...webhookWriters,
  ...serviceWriters,
} satisfies Writers<Change>

/** A caller's own key for one request: the same key and request give the same reply, and nothing happens twice. */
export interface Idempotency {
  readonly key: string
  readonly operation: string
  /** Canonical text of the request; the same key with another request is refused. */
  readonly request: string
}

export interface Committed<Facts, Next> {
  readonly caller: Caller
  readonly idempotency?: Idempotency | undefined
  /** Reads what the decision needs, in the same transaction, with the aggregate's row locked. */
  readonly load: (tx: Tx) => Promise<Facts>
  readonly decide: (facts: Facts, at: Instant) => Decided<Next>
}

export type Outcome<Next> =
  | { readonly ok: true; readonly next: Next; readonly replayed: boolean }
  | { readonly ok: false; readonly refusal: Refusal }

export interface CommitOptions {
  readonly database: Database
  readonly installation: Origin
  readonly now: () => Instant
  /** Whether the log stands still: then nothing is done, because nobody could see that it was. */
  readonly isLogLate?: () => Promise<boolean>
}

export type Commit = <Facts, Next>(act: Committed<Facts, Next>) => Promise<Outcome<Next>>

const serializationFailure = '40001'
const deadlock = '40P01'

export function createCommit(options: CommitOptions): Commit {
  return async (act) => {
    if (await options.isLogLate?.()) throw new AuditUnavailable('the log stands still')
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await options.database.transaction().execute((tx) => commitOnce(tx, options, act))
      } catch (error) {
        const code = (error as { code?: string }).code
        if (attempt < 5 && (code === serializationFailure || code === deadlock)) continue
        throw error
      }
    }
  }
}

async function commitOnce<Facts, Next>(
  tx: Tx,
  options: CommitOptions,
  act: Committed<Facts, Next>,
): Promise<Outcome<Next>> {
  const at = options.now()
  const caller = callerKey(act.caller)
  if (act.idempotency) {
    // One request per key at a time: the second waits here and then finds the first one's reply.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${caller} ${act.idempotency.key}`}, 0))`.execute(tx)
    const earlier = await findReply(tx, caller, act.idempotency)
    if (earlier) {
      const barred = earlier.ok ? await refusalOfTheCaller(tx, act, at) : null
      if (barred) return refuse(tx, options, { refused: barred, caller: act.caller, at })
      const event = replayEvent(act.caller, act.idempotency)
      const outcome = earlier.ok
        ? ({ outcome: 'success', code: null } as const)
        : ({ outcome: 'refused', code: earlier.refusal.code } as const)
      await append(tx, options, event.logs, (log) => ({ log, event, ...outcome }), act.caller, at)
      return earlier as Outcome<Next>
    }
  }
  const decision = act.decide(await act.load(tx), at)
  if ('refusal' in decision) return refuse(tx, options, { refused: decision, caller: act.caller, at })
  for (const change of decision.changes) await writers[change.kind](tx, change as never)
  await announce(tx, decision.changes, at)
  const { event } = decision
  await append(tx, options, event.logs, (log) => ({ log, event, outcome: 'success', code: null }), act.caller, at)
  const jobs = decision.jobs.map(({ name, data }) => ({
    job: name,
    data: JSON.stringify({ ...data, correlation: act.caller.correlation }),
  }))
  if (jobs.length > 0) await tx.insertInto('outbox').values(jobs).execute()
  if (act.idempotency) {
    const { key, operation, request } = act.idempotency
    const reply = JSON.stringify(decision.next ?? null)
    await tx
      .insertInto('idempotency')
      .values({ caller, key, operation, request_hash: hashText(request), reply })
      .execute()
  }
  return { ok: true, next: decision.next, replayed: false }
}

interface ToRefuse {
  readonly refused: Refused<Change>
  readonly caller: Caller
  readonly at: Instant
}

async function refuse(tx: Tx, options: CommitOptions, { refused, caller, at }: ToRefuse) {
  const { event, refusal, changes = [] } = refused
  for (const change of changes) await writers[change.kind](tx, change as never)
  await append(tx, options, event.logs, (log) => ({ log, event, outcome: 'refused', code: refusal.code }), caller, at)
  return { ok: false, refusal } as const
}

/** Rights may have gone since: who may not ask any more is not answered as before. That it was done is no refusal. */
async function refusalOfTheCaller<Facts, Next>(
  tx: Tx,
  { load, decide }: Committed<Facts, Next>,
  at: Instant,
): Promise<Refused<Change> | null> {
  const decision = decide(await load(tx), at)
  if (!('refusal' in decision) || !isOfTheCaller(decision.refusal.code)) return null
  return { refusal: decision.refusal, event: decision.event }
}

async function findReply(tx: Tx, caller: string, idempotency: Idempotency): Promise<Outcome<unknown> | undefined> {
  const row = await tx
    .selectFrom('idempotency')
    .selectAll()
    .where('caller', '=', caller)
    .where('key', '=', idempotency.key)
    .executeTakeFirst()
  if (!row) return undefined
  const same =
    row.operation === idempotency.operation && Buffer.compare(row.request_hash, hashText(idempotency.request)) === 0
  if (!same) return { ok: false, refusal: { code: 'IDEMPOTENCY_CONFLICT' } }
  return { ok: true, next: row.reply, replayed: true }
}

function replayEvent(caller: Caller, { operation }: Idempotency): AuditEvent {
  return { event: 'request.replayed', logs: [ownLog(caller)], detail: { operation } }
}

/** Writes one entry per log into the intake, with the openings of its committed fields; all in one statement. */
async function append(
  tx: Tx,
  options: CommitOptions,
  logs: readonly EntryFacts['log'][],
  factsFor: (log: EntryFacts['log']) => Pick<EntryFacts, 'log' | 'event' | 'outcome' | 'code'>,
  caller: Caller,
  at: Instant,
): Promise<void> {
  if (logs.length === 0) throw new TypeError('every decision belongs to at least one log')
  const entries = logs.map((log) =>
    encodeEntry({ ...factsFor(log), installation: options.installation, caller, at }, commitTo),
  )
  const intake = entries.map(({ log, bytes }) => ({ log, bytes }))
  const openings = entries.flatMap(({ log, bytes, openings: its }) => {
    const leaf_hash = sha256(Buffer.concat([Buffer.of(0), bytes]))
    return its.map((opening) => ({ ...opening, leaf_hash, log }))
  })
  try {
    if (openings.length === 0) await tx.insertInto('audit.intake').values(intake).execute()
    else {
      await tx
        .with('taken', (of) => of.insertInto('audit.intake').values(intake))
        .insertInto('audit.opening')
        .values(openings)
        .execute()
    }
  } catch (cause) {
    throw new AuditUnavailable('the audit entry could not be written', { cause })
  }
}

function commitTo(value: string) {
  const salt = new Uint8Array(randomBytes(32))
  return { salt, commitment: { c: createHmac('sha256', salt).update(value).digest('base64') } }
}

/** Idempotency keys belong to a person, or to nobody's address. */
function callerKey({ actor, address }: Caller): string {
  return actor.kind === 'person' ? actor.account : `${actor.kind} ${address ?? ''}`
}

function hashText(text: string): Bytes {
  return sha256(new TextEncoder().encode(text))
}
