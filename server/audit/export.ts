// Use case: what is to be had of a log is fixed for an export. It waits until the sequencer has moved all that was
// acknowledged before it, so that an entry somebody was promised is in it. Rules are in domain/audit/decisions.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { auditOperations } from '#contract/audit.ts'
import { decideExport, refuseReading } from '#domain/audit/decisions.ts'
import type { LogOrigin } from '#domain/audit/entry.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { AgreementId, OrganisationId } from '#domain/values.ts'
import { loadAgreementsOf } from '#store/agreements.ts'
import { countIntake, loadNewestIntake } from '#store/audit.ts'
import type { Database, Tx } from '#store/database.ts'
import { loadDocuments } from '../agreements/documents.ts'
import { loadSignedHead, proveConsistency } from '../agreements/log-head.ts'
import { useCase } from '../use-case.ts'
import { type AskedLog, loadInForce, loadReadableLog } from './readable-log.ts'

/** @param patienceMilliseconds how long it waits for the sequencer */
export const exportWithin = (patienceMilliseconds: number) =>
  useCase(auditOperations.export, {
    prepare: async (asked, { database, installation }) => {
      const log = await database.transaction().execute((tx) => loadReadableLog(tx, asked, installation))
      // Nobody else's log is waited for: how long that takes would tell that it exists.
      const mayRead = refuseReading({ caller: asked.caller, log }, 'audit.exported') === null
      const waiting = mayRead ? await settle(database, { log: log.origin, patienceMilliseconds }) : 0
      return { mayRead, waiting }
    },
    load: async (tx, { caller, mayRead, waiting, ...asked }, { installation }) => {
      const log = await loadReadableLog(tx, asked, installation)
      const head = mayRead ? await loadSignedHead(tx, log.origin) : null
      const consistency = head ? await proveConsistency(tx, { log: log.origin, seen: asked.seen, size: head.size }) : []
      return { caller, log, head, consistency, waiting }
    },
    decide: decideExport,
    present: async (next, asked, { database }) => {
      const documents = await database.transaction().execute((tx) => loadLogDocuments(tx, asked))
      return { ...next, documents }
    },
  })

export const exportLog = exportWithin(5_000)

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

/** The agreements in which a verifier finds the log's key. */
async function loadLogDocuments(tx: Tx, { caller, kind, id }: AskedLog & { readonly caller: PersonCaller }) {
  const states = kind === 'organisation' ? await loadActivated(tx, id) : [await loadInForce(tx, id as AgreementId)]
  return Promise.all(states.flatMap((state) => (state ? [loadDocuments(tx, { state, caller })] : [])))
}

async function loadActivated(tx: Tx, organisation: string) {
  const all = await loadAgreementsOf(tx, organisation as OrganisationId)
  return all.filter(({ activatedAt }) => activatedAt !== null)
}
