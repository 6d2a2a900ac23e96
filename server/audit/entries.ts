// Use case: a page of a log's entries, with the openings that the reader's office may see.
import { auditOperations, type OpeningView, pageEntries } from '#contract/audit.ts'
import { decideEntries, holdsOffice, refuseReading } from '#domain/audit/decisions.ts'
import type { Entry, LogOrigin } from '#domain/audit/entry.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { OrganisationId } from '#domain/values.ts'
import { loadEntries, loadOpenings } from '#store/audit.ts'
import type { Tx } from '#store/database.ts'
import { asDecided, useCase } from '../use-case.ts'
import { loadReadableLog } from './readable-log.ts'

export const readEntries = useCase(auditOperations.entries, {
  load: async (tx, { caller, from, to, ...asked }, { installation }) => {
    const range = { from, to: Math.min(to, from + pageEntries) }
    const log = await loadReadableLog(tx, asked, installation)
    const mayRead = refuseReading({ caller, log }, 'audit.viewed') === null
    const page = mayRead ? await loadPage(tx, { log: log.origin, range, caller }) : noEntries
    return { caller, log, range, page }
  },
  decide: (facts) => decideEntries(facts),
  present: asDecided,
})

interface Page {
  readonly entries: readonly string[]
  readonly openings: readonly OpeningView[]
}

const noEntries: Page = { entries: [], openings: [] }

async function loadPage(
  tx: Tx,
  {
    log,
    range,
    caller,
  }: {
    readonly log: LogOrigin
    readonly range: { readonly from: number; readonly to: number }
    readonly caller: PersonCaller
  },
): Promise<Page> {
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
