// Turns one audit event into the exact leaf of one log. The list of committed fields is here: the account, the
// session, the address, and whatever the event's catalogue entry calls personal. Pure: the caller salts and hashes.
import type { Caller } from '../caller.ts'
import type { AuditEvent, RefusedEvent } from '../decision.ts'
import { encodeDocument } from '../document.ts'
import type { RefusalCode } from '../refusals.ts'
import type { Bytes, CorrelationId, Instant, Origin } from '../values.ts'
import { type Commitment, entry, type LogOrigin, logOriginOf, type Opening } from './entry.ts'
import { type LogReference, auditEvents } from '../events.ts'

export interface EntryFacts {
  readonly installation: Origin
  readonly log: LogReference
  readonly event: AuditEvent | RefusedEvent
  readonly caller: Caller
  readonly at: Instant
  readonly outcome: 'success' | 'refused' | 'failed'
  readonly code: RefusalCode | null
}

/** Draws a salt and commits to a value: base64(HMAC-SHA256(salt, value)). */
export type Commit = (value: string) => { readonly commitment: Commitment; readonly salt: Bytes }

export interface EncodedEntry {
  readonly log: LogOrigin
  readonly bytes: Bytes
  readonly openings: readonly Opening[]
}

export function encodeEntry(facts: EntryFacts, commit: Commit): EncodedEntry {
  const openings: Opening[] = []
  const hide = (field: string, value: string | null) => {
    if (value === null) return null
    const { commitment, salt } = commit(value)
    openings.push({ field, salt, value })
    return commitment
  }
  const { actor, client, session, address, correlation } = facts.caller
  const catalogue = auditEvents[facts.event.event]
  const personal: readonly string[] = catalogue.personal
  if (facts.outcome === 'success') catalogue.detail.parse(facts.event.detail)
  const detail = Object.fromEntries(
    Object.entries(facts.event.detail ?? {}).map(([key, value]) => [
      key,
      personal.includes(key) ? hide(`detail.${key}`, typeof value === 'string' ? value : JSON.stringify(value)) : value,
    ]),
  )
  const log = logOriginOf(facts.installation, facts.log)
  const bytes = encodeDocument(entry, {
    type: 'safehand.entry/1',
    log,
    event: facts.event.event,
    at: facts.at,
    outcome: facts.outcome,
    code: facts.code,
    actor: {
      kind: actor.kind,
      organisation: actor.kind === 'person' ? actor.organisation : null,
      account: actor.kind === 'person' ? hide('actor.account', actor.account) : null,
    },
    source: { client, session: hide('source.session', session), address: hide('source.address', address) },
    agreement: facts.event.agreement ?? null,
    transfer: facts.event.transfer ?? null,
    detail,
    correlation: correlation satisfies CorrelationId,
  } as Parameters<typeof encodeDocument<typeof entry>>[1])
  return { log, bytes, openings }
}
