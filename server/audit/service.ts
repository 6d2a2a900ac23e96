// Use cases of reading a log. An export waits until the sequencer has moved all that was acknowledged before it, so
// that an entry somebody was promised is in it. Rules are in domain/audit/decisions.ts; the only writing is commit().
import { setTimeout as sleep } from 'node:timers/promises'
import { type LogExport, type OpeningView, pageEntries } from '#contract/audit.ts'
import type { AgreementDocuments } from '#contract/documents.ts'
import { referenceOf } from '#domain/agreements/state.ts'
import {
  decideEntries,
  decideExport,
  holdsOffice,
  type ReadableLog,
  refuseReading,
  type SignedHead,
} from '#domain/audit/decisions.ts'
import { type Entry, type LogOrigin, logOriginOf } from '#domain/audit/entry.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { type AgreementId, type OrganisationId, type Origin, sha256Hex } from '#domain/values.ts'
import { findVersionInForce, loadAgreement, loadAgreementsOf } from '#store/agreements.ts'
import { countIntake, loadCheckpoint, loadEntries, loadNewestIntake, loadOpenings } from '#store/audit.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Database, Tx } from '#store/database.ts'
import { listWaitedFor } from '#store/transfer-lists.ts'
import { parseSignedCheckpoint } from '#tlog/checkpoint.ts'
import { loadDocuments } from '../agreements/service.ts'

export interface AuditServiceOptions {
  readonly commit: Commit
  readonly database: Database
  readonly installation: Origin
  /** How long an export waits for the sequencer; 5,000 unless a test is in a hurry. */
  readonly patienceMilliseconds?: number
}

export interface AskedLog {
  readonly kind: 'agreement' | 'organisation'
  readonly id: string
}

interface Asked {
  readonly caller: PersonCaller
  readonly log: AskedLog
}

interface Range {
  readonly from: number
  readonly to: number
}

interface EntriesPage {
  readonly entries: readonly string[]
  readonly openings: readonly OpeningView[]
}

export interface AuditService {
  export(act: Asked & { readonly idempotency: Idempotency }): Promise<Outcome<LogExport>>
  entries(asked: Asked & { readonly range: Range }): Promise<Outcome<EntriesPage>>
}

export function createAuditService(options: AuditServiceOptions): AuditService {
  const { commit, database, installation, patienceMilliseconds = 5_000 } = options
  const read = <T>(work: (tx: Tx) => Promise<T>) => database.transaction().execute(work)
  return {
    async export({ caller, log, idempotency }) {
      const asked = await read((tx) => loadReadableLog(tx, { installation, log }))
      // Nobody else's log is waited for: how long that takes would tell that it exists.
      const mayRead = refuseReading({ caller, log: asked }, 'audit.exported') === null
      const waiting = mayRead ? await settle(database, { log: asked.origin, patienceMilliseconds }) : 0
      const outcome = await commit({
        caller,
        idempotency,
        load: async (tx) => ({
          caller,
          log: await loadReadableLog(tx, { installation, log }),
          head: mayRead ? await loadSignedHead(tx, asked.origin) : null,
          waiting,
        }),
        decide: decideExport,
      })
      if (!outcome.ok) return outcome
      const documents = await read((tx) => loadLogDocuments(tx, { caller, log }))
      return { ...outcome, next: { ...outcome.next, documents } }
    },

    entries({ caller, log, range: asked }) {
      const range = { from: asked.from, to: Math.min(asked.to, asked.from + pageEntries) }
      return commit({
        caller,
        load: async (tx) => {
          const readable = await loadReadableLog(tx, { installation, log })
          const mayRead = refuseReading({ caller, log: readable }, 'audit.viewed') === null
          return {
            caller,
            log: readable,
            range,
            page: mayRead ? await loadPage(tx, { log: readable.origin, range, caller }) : noEntries,
          }
        },
        decide: decideEntries,
      })
    },
  }
}

const noEntries: EntriesPage = { entries: [], openings: [] }

async function loadReadableLog(
  tx: Tx,
  { installation, log }: { readonly installation: Origin; readonly log: AskedLog },
): Promise<ReadableLog> {
  const origin = logOriginOf(installation, log)
  if (log.kind === 'organisation') {
    return { reference: log, origin, agreement: null, owners: [log.id as OrganisationId], waitedFor: [] }
  }
  const hash = await findVersionInForce(tx, log.id as AgreementId)
  const stored = hash === null ? null : await loadAgreement(tx, hash)
  const owners = stored?.agreement.parties.map(({ organisation }) => organisation) ?? []
  const waitedFor = await listWaitedFor(tx, log.id as AgreementId)
  return { reference: log, origin, agreement: stored && referenceOf(stored), owners, waitedFor }
}

/** Waits until nothing that is in the log's intake now is left there; answers how much is, when patience ends. */
async function settle(
  database: Database,
  { log, patienceMilliseconds }: { readonly log: LogOrigin; readonly patienceMilliseconds: number },
): Promise<number> {
  const newest = await loadNewestIntake(database, log)
  if (newest === null) return 0
  const step = 50
  for (let waited = 0; ; waited += step) {
    const waiting = await countIntake(database, log, newest)
    if (waiting === 0 || waited >= patienceMilliseconds) return waiting
    await sleep(step)
  }
}

async function loadSignedHead(tx: Tx, log: LogOrigin): Promise<SignedHead | null> {
  const last = await loadCheckpoint(tx, log)
  if (!last) return null
  const signed = parseSignedCheckpoint(new TextEncoder().encode(last.note))
  if (!signed) throw new Error(`the last checkpoint of ${log} cannot be read`)
  const { size, root } = signed.checkpoint
  return { size, root: sha256Hex.parse(Buffer.from(root).toString('hex')), note: last.note }
}

interface PageWanted {
  readonly log: LogOrigin
  readonly range: Range
  readonly caller: PersonCaller
}

async function loadPage(tx: Tx, { log, range, caller }: PageWanted): Promise<EntriesPage> {
  const entries = await loadEntries(tx, log, range)
  const isOwn = actedFor(caller.actor.organisation)
  const all = holdsOffice(caller) ? await loadOpenings(tx, log, range) : []
  const openings = all.filter(({ index, field }) => !field.startsWith('source.') || isOwn(entries[index - range.from]))
  return {
    entries: entries.map((bytes) => Buffer.from(bytes).toString('base64')),
    openings: openings.map(({ salt, ...opening }) => ({ ...opening, salt: Buffer.from(salt).toString('base64') })),
  }
}

/** Sessions and addresses are the business of who acted: a partner sees that they are committed to, and no more. */
function actedFor(organisation: OrganisationId): (bytes: Uint8Array | undefined) => boolean {
  return (bytes) =>
    bytes !== undefined && (JSON.parse(new TextDecoder().decode(bytes)) as Entry).actor.organisation === organisation
}

/** The agreements in which a verifier finds the log's key. */
async function loadLogDocuments(tx: Tx, { caller, log }: Asked): Promise<AgreementDocuments[]> {
  const documents: AgreementDocuments[] = []
  for (const state of await loadLogAgreements(tx, log)) documents.push(await loadDocuments(tx, { state, caller }))
  return documents
}

async function loadLogAgreements(tx: Tx, { kind, id }: AskedLog) {
  if (kind === 'organisation') {
    const all = await loadAgreementsOf(tx, id as OrganisationId)
    return all.filter(({ activatedAt }) => activatedAt !== null)
  }
  const hash = await findVersionInForce(tx, id as AgreementId)
  const stored = hash === null ? null : await loadAgreement(tx, hash)
  return stored ? [stored] : []
}
