// What entries that a restored database does not know of must still bring about (ARCHITECTURE.md#restore): what had
// ended stays ended, what was revoked stays revoked, what was fetched counts as fetched: nobody is told less than the
// log says. Entries cannot bring back what they only name by its hash; that is said.
import type { TransferState } from '../transfers/states.ts'
import type { Fingerprint, Instant, OrganisationId, TransferId } from '../values.ts'
import type { Entry } from '../audit/entry.ts'
import type { EventName } from '../events.ts'

export interface Ending {
  readonly state: TransferState
  /** Its state, or `acknowledged`. */
  readonly as: string
  readonly at: Instant
}

/** Somebody has a copy. */
export interface Fetched {
  readonly transfer: TransferId
  readonly organisation: OrganisationId | null
  /** The key it was fetched with; null: the entry does not say. */
  readonly encryptionSubkey: Fingerprint | null
  readonly at: Instant
}

export interface Replayed {
  readonly ended: ReadonlyMap<TransferId, Ending>
  /** The first by each key, of each transfer. */
  readonly fetched: readonly Fetched[]
  /** Recalled after a fetch: who was asked to destroy it is not in the entries. */
  readonly copies: ReadonlySet<TransferId>
  /** Every other transfer that went on after the backup. */
  readonly wentOn: ReadonlySet<TransferId>
  readonly revoked: ReadonlySet<Fingerprint>
  /** Whose statement, roster or keys were registered after the backup: what the database has of them is too old. */
  readonly registered: ReadonlySet<OrganisationId>
}

/** What was destroyed ended before; the backup brought its wrapped keys back, so it is destroyed again. */
const endings: Partial<Record<EventName, TransferState>> = {
  'transfer.abandoned': 'abandoned',
  'transfer.recalled': 'recalled',
  'transfer.expired': 'expired',
  'transfer.rejected': 'rejected',
}

/** What tells of a copy. */
const fetches: readonly string[] = [
  'file.fetched',
  'transfer.fetched',
  'transfer.opened',
  'transfer.acknowledged',
] satisfies readonly EventName[]

const registrations: readonly string[] = [
  'org.statement.registered',
  'org.roster.registered',
] satisfies readonly EventName[]

/** `entries`: what the log has after the backup, in its order, log by log. Refusals changed nothing. */
export function replayEntries(entries: Iterable<Entry>): Replayed {
  const ended = new Map<TransferId, Ending>()
  const fetched = new Map<string, Fetched>()
  const copies = new Set<TransferId>()
  const mentioned = new Set<TransferId>()
  const revoked = new Set<Fingerprint>()
  const registered = new Set<OrganisationId>()
  for (const { event, outcome, transfer, detail, actor, at } of entries) {
    if (outcome !== 'success') continue
    const ending = endings[event as EventName]
    if (transfer) mentioned.add(transfer)
    if (transfer && ending) ended.set(transfer, { state: ending, as: String(detail.as ?? ending), at })
    if (transfer && event === 'transfer.recalled' && detail.outcome === 'fetched') copies.add(transfer)
    if (transfer && fetches.includes(event)) {
      const { organisation } = actor
      const encryptionSubkey = (detail.encryptionSubkey as Fingerprint | undefined) ?? null
      const one = [transfer, organisation, encryptionSubkey].join()
      if (!fetched.has(one)) fetched.set(one, { transfer, organisation, encryptionSubkey, at })
    }
    if (event === 'key.revoked') revoked.add(detail.fingerprint as Fingerprint)
    if (registrations.includes(event) && actor.organisation) registered.add(actor.organisation)
  }
  return { ended, fetched: [...fetched.values()], copies, wentOn: mentioned.difference(ended), revoked, registered }
}
